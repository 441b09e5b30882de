import { randomInt } from 'node:crypto'

export type Device = { deviceIds: { kind: 'eid' | 'iccid' | 'imei'; id: string }[] }

/** Different in each run, so that a database that is used again has never seen these devices. */
const run = String(randomInt(1_000_000)).padStart(6, '0')
let made = 0

/**
 * A device nobody has asked for before. The last four digits of its ICCID choose what the simulator does with it:
 * local/simulator/README.md has the table.
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

export const iccidOf = ({ deviceIds }: { deviceIds: readonly { kind: string; id: string }[] }): string =>
  deviceIds.find(({ kind }) => kind === 'iccid')?.id ?? ''

/** Verizon's placeholder of an SM-SR, as its pages print it. */
export const smsrOid = '1.3.6.1.4.1.31746.1.500.200.101.5'
