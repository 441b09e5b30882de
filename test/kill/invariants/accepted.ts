import type { Submission } from '../../../lib/profile/request/submission.ts'
import { type Acceptance, devicesOf, type Evidence, type Kept, type Violation } from '../evidence.ts'
import { retriesOf } from '../ledger.ts'

/**
 * At most once: a device of a non-repeatable action is accepted once, and once more for each decision to retry. Any
 * device is accepted at most once per attempt.
 */
export function checkAtMostOnce({ kept, acceptances }: Evidence): Violation[] {
  const violations: Violation[] = []
  for (const [entry, ofOrder] of Map.groupBy(acceptances, (acceptance) => acceptance.entry)) {
    const stored = kept.find((each) => each.entry === entry)
    const fail = (what: string, ids: readonly string[]) =>
      violations.push({ invariant: 'at most once', what, entry, ids: [...ids, stored?.request.requestId ?? ''] })
    const timesOf = new Map<string, string[]>()
    for (const { id, deviceIds } of ofOrder) {
      for (const device of deviceIds) timesOf.set(device, [...(timesOf.get(device) ?? []), id])
    }
    const most = entry.order.repeatable ? Infinity : 1 + retriesOf(entry)
    for (const [device, ids] of timesOf) {
      if (ids.length > most) fail(`${device} was accepted ${ids.length} times`, ids)
      const attempts = stored === undefined ? 0 : attemptsFor(device, stored)
      if (ids.length > attempts) fail(`${device} was accepted ${ids.length} times by ${attempts} attempts`, ids)
    }
  }
  return violations
}

const attemptsFor = (device: string, stored: Kept): number => {
  const submission = stored.submissions.find((each) => devicesOf(stored, each).includes(device))
  return submission?.attempt ?? 0
}

/** Everything that ThingSpace accepted belongs to its request, is listed as an orphan, or has an unknown attempt. */
export function checkReachable(evidence: Evidence): Violation[] {
  const { kept, acceptances, table } = evidence
  const acknowledged = new Set(
    evidence.callbacks.filter(({ state }) => state === 'acknowledged').map(({ requestId }) => requestId),
  )
  return acceptances.flatMap((acceptance): Violation[] => {
    const { id, entry } = acceptance
    const link = table.upstreamLinks.get(id)
    if (link !== undefined) {
      const stored = kept.find(({ request }) => request.requestId === link.requestId)
      const wrong = stored === undefined ? 'a deleted request' : linkFault(acceptance, stored, link.submission)
      return wrong === undefined ? [] : [{ invariant: 'honest', what: `${id} is linked to ${wrong}`, entry, ids: [id] }]
    }
    const stored = kept.find((each) => each.entry === entry)
    if (stored === undefined) return [{ invariant: 'reachable', what: `${id} belongs to no request`, entry, ids: [id] }]
    const ids = [id, stored.request.requestId]
    const isUnknown = stored.submissions.some(
      (submission) =>
        hasUnknownAttempt(submission) && devicesOf(stored, submission).includes(acceptance.deviceIds[0] ?? ''),
    )
    if (!isUnknown) return [{ invariant: 'honest', what: `${id} was accepted, and no attempt is unknown`, entry, ids }]
    const listed = table.orphans.has(id) || !acknowledged.has(id)
    return listed ? [] : [{ invariant: 'reachable', what: `${id} has callbacks and is not an orphan`, entry, ids }]
  })
}

const hasUnknownAttempt = ({ attempts }: Submission): boolean => attempts.some(({ outcome }) => outcome === 'unknown')

function linkFault({ id, entry, deviceIds }: Acceptance, stored: Kept, number: number): string | undefined {
  if (stored.entry !== entry) return `request ${stored.request.requestId}, which is another order's`
  const submission = stored.submissions.find((each) => each.submission === number)
  if (submission?.upstreamRequestIds.includes(id) !== true) return `submission ${number}, which does not name it`
  const sent = devicesOf(stored, submission)
  const same = sent.length === deviceIds.length && sent.every((device, at) => device === deviceIds[at])
  return same ? undefined : `submission ${number}, which holds other devices than were accepted`
}
