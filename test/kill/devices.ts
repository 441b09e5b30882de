import type { DeviceStatus } from '../../lib/profile/request.ts'
import type { Seeded } from '../simulation/random.ts'

export type OrderedDevice = {
  ids: Readonly<Record<'eid' | 'iccid' | 'imei', string>>
  /** The last four digits of all its ids, which choose what the simulator does with it. */
  ending: string
}

/**
 * What becomes of a device that ThingSpace has accepted, when everything is over; nothing where both ends are honest.
 * local/thingspace/README.md has the table of endings.
 */
export const endings: Readonly<Record<string, DeviceStatus | undefined>> = {
  '9001': 'succeeded',
  '9002': 'succeeded',
  '9003': 'expired',
  '9004': 'failed',
  '9005': 'failed',
  '9006': 'failed',
  '9007': 'expired',
  '9008': 'failed',
  '9009': 'failed',
  '9011': 'succeeded',
  '9012': 'succeeded',
  // With other identifiers: of a suspended device that says nothing, because only a message without an ICCID is about it.
  '9013': undefined,
  '9014': 'succeeded',
  '9015': 'succeeded',
  '9016': 'expired',
  '9017': 'succeeded',
  // Two finals: the first to be recorded stands.
  '9018': undefined,
  '9019': 'succeeded',
  // Its final comes under an id that nobody was given, which an attempt in doubt may adopt.
  '9020': undefined,
  '9021': 'succeeded',
  '9024': 'succeeded',
}
export const unusualEndings = Object.keys(endings).filter((ending) => ending !== '9001')
/** The whole POST is refused for such a device. */
export const refusedEndings = ['9022', '9023'] as const

/** Devices that nobody has asked for before. */
export function createDevices(random: Seeded): (ending: string) => OrderedDevice {
  let made = 0
  const run = String(random.below(1_000_000)).padStart(6, '0')
  return (ending) => {
    made += 1
    const number = String(made).padStart(6, '0')
    const ids = {
      eid: `89033023${run}00000000${number}${ending}`,
      iccid: `8914${run}${number}${ending}`,
      imei: `35${number.padStart(9, '0')}${ending}`,
    }
    return { ids, ending }
  }
}
