import { randomInt } from 'node:crypto'

export type Device = { deviceIds: { kind: 'eid' | 'iccid' | 'imei'; id: string }[] }

/** Random, so that a database from an earlier run does not know these devices. */
const run = String(randomInt(1_000_000)).padStart(6, '0')
let made = 0

/**
 * Creates a device with new identifiers. The last four digits of its ICCID select the simulator's behaviour;
 * local/simulator/README.md lists them.
 */
export function device(iccidEnd = '0000'): Device {
  made += 1
  const number = String(made).padStart(4, '0')
  return {
    deviceIds: [
      { kind: 'eid', id: `89033023${run}${number.padStart(18, '0')}` },
      { kind: 'iccid', id: `891480${run}${number}${iccidEnd}` },
    ],
  }
}

/** The ICCID of a device, or an empty string. */
export const iccidOf = ({ deviceIds }: { deviceIds: readonly { kind: string; id: string }[] }): string =>
  deviceIds.find(({ kind }) => kind === 'iccid')?.id ?? ''

/** The SM-SR OID from Verizon's documentation examples. */
export const smsrOid = '1.3.6.1.4.1.31746.1.500.200.101.5'
