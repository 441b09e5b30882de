import { type Device, idOf, identifierKeys, isSameIdentifier, lookUpKeys } from '../order/identifiers.ts'
import type { Result } from '../request/result.ts'

/**
 * How a message identifies an ordered device, the surest first: by the ordered profile (ICCID), by the card (EID), or by
 * another identifier (`line`). `other-profile` means the same device or card, but another profile on it.
 */
export type Match = 'profile' | 'card' | 'line' | 'other-profile'

const surest: readonly Match[] = ['profile', 'card', 'line', 'other-profile']

/**
 * Matches the identifiers that a message names against an ordered device. Undefined if the message is about another
 * device or shares no identifier with it. All matching of callbacks uses this function.
 */
export function matchOf(ordered: Device, named: Device): Match | undefined {
  const card = compare(ordered, named, 'eid')
  if (card === 'different') return undefined
  const profile = compare(ordered, named, 'iccid')
  if (profile === 'same') return 'profile'
  if (card !== 'same' && !shares(ordered, named)) return undefined
  if (profile === 'different') return 'other-profile'
  return card === 'same' ? 'card' : 'line'
}

/** Whether a message is about another device: its EID or ICCID differs from that of each of these devices. */
export const contradicts = (devices: readonly Device[], named: Device): boolean =>
  devices.every(
    (device) => compare(device, named, 'eid') === 'different' || compare(device, named, 'iccid') === 'different',
  )

/** A result and how it matches its device. `request`: only the upstream request id identifies the device. */
export type MatchedResult = { result: Result; match: Match | 'request' }

/** The results of one submission, joined to its devices. */
export type JoinedResults = {
  /** One list per device, in the order of the devices. */
  byDevice: MatchedResult[][]
  /** Results that match none of the devices. They are kept and shown, but never applied. */
  unmatched: Result[]
}

/**
 * Joins results to devices by their surest match. A result that matches several devices equally counts for all of them,
 * for instance an EID that was ordered with two profiles.
 */
export function joinResults(devices: readonly Device[], results: readonly Result[]): JoinedResults {
  const find = finderOf(devices)
  const byDevice: MatchedResult[][] = devices.map(() => [])
  const unmatched: Result[] = []
  for (const result of results) {
    const matches = find(result.identifiers).flatMap((position) => {
      const match = matchOf(devices[position] ?? [], result.identifiers)
      return match === undefined ? [] : [{ position, match }]
    })
    const best = surest.find((each) => matches.some(({ match }) => match === each))
    if (best === undefined) unmatched.push(result)
    for (const { position, match } of matches) if (match === best) byDevice[position]?.push({ result, match })
  }
  return { byDevice, unmatched }
}

/** Finds the positions of devices by identifier: by the exact spelling first, and by other spellings if none matches. */
function finderOf(devices: readonly Device[]): (named: Device) => number[] {
  const equal = positionsBy(devices, identifierKeys)
  let alike: ReadonlyMap<string, readonly number[]> | undefined
  return (named) => {
    const found = new Set(identifierKeys(named).flatMap((key) => equal.get(key) ?? []))
    if (found.size > 0) return [...found]
    alike ??= positionsBy(devices, lookUpKeys)
    return [...new Set(lookUpKeys(named).flatMap((key) => alike?.get(key) ?? []))]
  }
}

function positionsBy(devices: readonly Device[], keysOf: (device: Device) => string[]): Map<string, number[]> {
  const positions = new Map<string, number[]>()
  devices.forEach((device, position) => {
    for (const key of keysOf(device)) {
      const known = positions.get(key)
      if (known === undefined) positions.set(key, [position])
      else known.push(position)
    }
  })
  return positions
}

/**
 * Joins results that came under the upstream request ids of a submission. If the submission has one device, the id alone
 * identifies it, unless the result names another EID.
 */
export function joinOwnResults(devices: readonly Device[], results: readonly Result[]): JoinedResults {
  const joined = joinResults(devices, results)
  const [only] = devices
  if (only === undefined || devices.length > 1) return joined
  const own = joined.byDevice.flat()
  const unmatched: Result[] = []
  for (const result of joined.unmatched) {
    if (compare(only, result.identifiers, 'eid') === 'different') unmatched.push(result)
    else if (compare(only, result.identifiers, 'iccid') === 'different') own.push({ result, match: 'other-profile' })
    else own.push({ result: { ...result, note: withNote(result.note) }, match: 'request' })
  }
  return { byDevice: [own], unmatched }
}

const withNote = (note: string | undefined): string =>
  [note, 'names none of the ordered identifiers, but its upstream request has only this device']
    .filter((each) => each !== undefined)
    .join('; ')

const shares = (one: Device, other: Device): boolean =>
  one.some((mine) => other.some((theirs) => isSameIdentifier(mine, theirs)))

function compare(one: Device, other: Device, kind: 'eid' | 'iccid'): 'same' | 'different' | undefined {
  const [mine, theirs] = [idOf(one, kind), idOf(other, kind)]
  if (mine === undefined || theirs === undefined) return undefined
  return isSameIdentifier({ kind, id: mine }, { kind, id: theirs }) ? 'same' : 'different'
}
