import type { DeviceStatus } from '../../lib/profile/request/states.ts'
import type { Seeded } from '../simulation/random.ts'

export type OrderedDevice = {
  ids: Readonly<Record<'eid' | 'iccid' | 'imei', string>>
  /** The last four digits of all its ids, which select the behaviour of the simulator. */
  ending: string
}

/**
 * The possible final states of a device that ThingSpace has accepted. local/simulator/README.md has the table of
 * endings.
 */
export const endings: Readonly<Record<string, readonly DeviceStatus[]>> = {
  '9001': ['succeeded'],
  '9002': ['succeeded'],
  '9003': ['expired'],
  '9004': ['failed'],
  '9005': ['failed'],
  '9006': ['failed'],
  '9007': ['expired'],
  '9008': ['failed'],
  '9009': ['failed'],
  '9011': ['succeeded'],
  '9012': ['succeeded'],
  '9013': ['succeeded'],
  '9014': ['succeeded'],
  '9015': ['succeeded'],
  // The callback is lost. If ThingSpace has a status call for the action, the gateway uses it.
  '9016': ['expired', 'succeeded'],
  '9017': ['succeeded'],
  // Two final results: the first to be recorded decides.
  '9018': ['succeeded', 'failed'],
  '9019': ['succeeded'],
  // Its final result has an unknown upstream request id, which an unknown attempt may adopt.
  '9020': ['expired', 'succeeded'],
  '9021': ['succeeded'],
  '9024': ['succeeded'],
}
export const unusualEndings = Object.keys(endings).filter((ending) => ending !== '9001')
/** Callbacks about profiles, by their shape. They say nothing about a suspended device as a whole. */
const ofProfiles: ReadonlySet<string> = new Set(['9013', '9014'])
export const unusualOfDevice = unusualEndings.filter((ending) => !ofProfiles.has(ending))
/** ThingSpace refuses the whole POST because of such a device. */
export const refusedEndings = ['9022', '9023'] as const

/** Creates devices that were not ordered before. */
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
