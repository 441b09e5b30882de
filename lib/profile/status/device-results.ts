import type { Action } from '../order/actions.ts'
import { idOf } from '../order/identifiers.ts'
import type { MatchedResult } from './matching.ts'
import type { Result } from '../request/result.ts'
import type { DeviceStatus } from '../request/states.ts'

/** A result, or one of the messages that the store keeps beside it, which were written after it. */
export type Message = Result & { isBeside?: true }

/** What one device's results amount to; `decisive` is the one that says so. */
export type DeviceVerdict = {
  status: DeviceStatus
  decisive?: Message
  conflict: boolean
  /** When results for another profile of the card will decide, if none for the ordered profile comes before. */
  settlesAt?: number
}

/** What a device's results are weighed by. Times are epoch milliseconds. */
export type Weighing = {
  callbacks: Action['callbacks']
  now: number
  /** The deadline for results has passed: what is not final is `expired`. */
  overdue: boolean
  /** How long a result for another profile of the card waits for one of the ordered profile. */
  otherProfileMilliseconds: number
}

/** How much a verdict weighs; a later one of more weight replaces it, so an `expired` still gives way to a real result. */
export const rankOf: Readonly<Record<Result['verdict'], number>> = { warning: 1, expired: 2, succeeded: 3, failed: 3 }

/** A success or a failure: nothing that comes later changes it. */
export const isReal = ({ verdict }: Pick<Result, 'verdict'>): boolean => rankOf[verdict] === 3

/**
 * The status of a device. Of several finals the first received decides and the rest are a conflict. A result for another
 * profile of the card decides only if none for the ordered profile comes within a settling time: `enable` also tells of
 * the profile that it disables, and a documented `disable` tells of nothing else.
 */
export function deviceVerdict(evidence: readonly MatchedResult[], weighing: Weighing): DeviceVerdict {
  const { callbacks, now, overdue, otherProfileMilliseconds } = weighing
  const relevant = callbacks === 'per-device' ? evidence : evidence.filter(({ result }) => isDeviceLevel(result))
  const own = relevant.flatMap(({ result, match }) => (match === 'other-profile' ? [] : [result]))
  if (own.some(isReal)) return weigh(own, overdue)
  const others = relevant.flatMap(({ result, match }) => (match === 'other-profile' ? [result] : []))
  const settlesAt = ({ receivedAt }: Result): number => receivedAt + otherProfileMilliseconds
  const verdict = weigh([...own, ...others.filter((result) => overdue || settlesAt(result) <= now)], overdue)
  const waiting = overdue ? [] : others.map(settlesAt).filter((at) => at > now)
  return waiting.length === 0 ? verdict : { ...verdict, settlesAt: Math.min(...waiting) }
}

function weigh(results: readonly Message[], overdue: boolean): DeviceVerdict {
  const [decisive] = results.toSorted(
    (a, b) =>
      rankOf[b.verdict] - rankOf[a.verdict] ||
      a.receivedAt - b.receivedAt ||
      Number(a.isBeside === true) - Number(b.isBeside === true) ||
      (a.raw < b.raw ? -1 : 1),
  )
  const finals = new Set(results.filter(isReal).map(({ verdict }) => verdict))
  const conflict = finals.size > 1 || results.some((result) => result.conflict === true)
  if (decisive === undefined) return { status: overdue ? 'expired' : 'pending', conflict }
  const status = overdue && decisive.verdict === 'warning' ? 'expired' : decisive.verdict
  return { status, decisive, conflict }
}

/**
 * device_suspend and device_resume answer once for each profile (with its ICCID) and once for the device (without). A
 * result that names nothing may be about any profile of the device.
 */
const isDeviceLevel = ({ identifiers, profileRole }: Result): boolean =>
  identifiers.length > 0 && idOf(identifiers, 'iccid') === undefined && profileRole === undefined
