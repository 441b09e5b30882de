import type { Action } from '../order/actions.ts'
import { idOf } from '../order/identifiers.ts'
import type { MatchedResult } from './matching.ts'
import type { Result } from '../request/result.ts'
import type { DeviceStatus } from '../request/states.ts'

/** One message: a stored result, or a message that the store keeps inside it (`isBeside`), which was written later. */
export type Message = Result & { isBeside?: true }

/** The status of a device according to its results. `decisive` is the result that determines it. */
export type DeviceVerdict = {
  status: DeviceStatus
  decisive?: Message
  conflict: boolean
  /**
   * When a result for another profile of the card will decide, in epoch milliseconds. A result for the ordered profile
   * decides before that.
   */
  settlesAt?: number
}

/** The conditions for weighing a device's results. */
export type Weighing = {
  callbacks: Action['callbacks']
  /** Epoch milliseconds. */
  now: number
  /** The deadline for results has passed, so a device without a final result is `expired`. */
  overdue: boolean
  /** How long a result for another profile of the card waits for one for the ordered profile. */
  otherProfileMilliseconds: number
}

/**
 * The rank of a verdict. A later verdict of higher rank replaces it, so success or failure replaces `expired`. The store
 * uses the same ranks when it records callbacks.
 */
export const rankOf: Readonly<Record<Result['verdict'], number>> = { warning: 1, expired: 2, succeeded: 3, failed: 3 }

/** Whether a verdict is a success or a failure, which later results cannot change. */
export const isConclusive = ({ verdict }: Pick<Result, 'verdict'>): boolean => rankOf[verdict] === 3

/**
 * Computes the status of a device from its results. If there are several final results, the first received decides and
 * a different one is a conflict. A result for another profile of the card decides only if no result for the ordered
 * profile arrives within `otherProfileMilliseconds`. The reason: `enable` also reports the profile that it disables, and
 * the documented callback of `disable` reports only another profile.
 */
export function deviceVerdict(evidence: readonly MatchedResult[], weighing: Weighing): DeviceVerdict {
  const { callbacks, now, overdue, otherProfileMilliseconds } = weighing
  const relevant = callbacks === 'per-device' ? evidence : evidence.filter(({ result }) => isDeviceLevel(result))
  const own = relevant.flatMap(({ result, match }) => (match === 'other-profile' ? [] : [result]))
  if (own.some(isConclusive)) return weigh(own, overdue)
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
  const finals = new Set(results.filter(isConclusive).map(({ verdict }) => verdict))
  const conflict = finals.size > 1 || results.some((result) => result.conflict === true)
  if (decisive === undefined) return { status: overdue ? 'expired' : 'pending', conflict }
  const status = overdue && decisive.verdict === 'warning' ? 'expired' : decisive.verdict
  return { status, decisive, conflict }
}

/**
 * Whether a result is about the device as a whole. device_suspend and device_resume send one callback per profile, with
 * its ICCID, and one for the device, without. A result without identifiers may be about any profile, so it does not count.
 */
const isDeviceLevel = ({ identifiers, profileRole }: Result): boolean =>
  identifiers.length > 0 && idOf(identifiers, 'iccid') === undefined && profileRole === undefined
