import { type Device, idOf, identifierKeys, isSameIdentifier, lookUpKeys } from '../order/identifiers.ts'
import type { Result } from '../request/result.ts'

/**
 * How surely a message speaks of a device that was ordered, the surest first: it names the ordered profile (ICCID); the
 * card (EID); another identifier of the device; the same card, but another of its profiles.
 */
export type Match = 'profile' | 'card' | 'line' | 'other-profile'

const surest: readonly Match[] = ['profile', 'card', 'line', 'other-profile']

/** The one rule of matching. Nothing if the message is about another device, or names none of the ordered identifiers. */
export function matchOf(ordered: Device, named: Device): Match | undefined {
  const card = compare(ordered, named, 'eid')
  if (card === 'different') return undefined
  const profile = compare(ordered, named, 'iccid')
  if (profile === 'same') return 'profile'
  if (card !== 'same' && !shares(ordered, named)) return undefined
  if (profile === 'different') return 'other-profile'
  return card === 'same' ? 'card' : 'line'
}

/** Whether a message names an EID or ICCID that none of these devices has, where they have one: it is about another. */
export const contradicts = (devices: readonly Device[], named: Device): boolean =>
  devices.every(
    (device) => compare(device, named, 'eid') === 'different' || compare(device, named, 'iccid') === 'different',
  )

/** A result beside the device it speaks of. `request`: it names none of its identifiers, but came for its request alone. */
export type MatchedResult = { result: Result; match: Match | 'request' }

/** The results of one submission laid on its devices. */
export type JoinedResults = {
  /** One list a device, in the order of the devices. */
  byDevice: MatchedResult[][]
  /** Results that name none of the devices: kept and shown, never applied. */
  unmatched: Result[]
}

/**
 * Joins results to devices by the surest match. A result that fits several devices equally (an EID ordered with two
 * profiles) is evidence for all of them.
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

/** Finds the positions of the devices that share an identifier with what is named; other spellings of it if none is equal. */
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
 * The same for results under the upstream request id of the submission itself. Where it has one device, the id is enough
 * to know whom a result is about, unless it names another card.
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
  [note, 'names none of the ordered identifiers; the upstream request has only this device']
    .filter((each) => each !== undefined)
    .join('; ')

const shares = (one: Device, other: Device): boolean =>
  one.some((mine) => other.some((theirs) => isSameIdentifier(mine, theirs)))

function compare(one: Device, other: Device, kind: 'eid' | 'iccid'): 'same' | 'different' | undefined {
  const [mine, theirs] = [idOf(one, kind), idOf(other, kind)]
  if (mine === undefined || theirs === undefined) return undefined
  return isSameIdentifier({ kind, id: mine }, { kind, id: theirs }) ? 'same' : 'different'
}
