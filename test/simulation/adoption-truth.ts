import type { Submission } from '../../lib/profile/request/submission.ts'
import { fitOf } from './meant.ts'
import type { Order } from './orders.ts'
import { settings } from './scenario.ts'
import { Violation } from './violation.ts'
import { keyText, orderOf } from './watch.ts'
import type { Taken, World } from './world.ts'

/** Checks that a lost attempt which has called back belongs to its submission again, if only one submission matches. */
export function checkAdoption(world: World): void {
  const { watch, scenario } = world
  // A clock that is off may date a callback before its attempt. Such an orphan stays listed.
  if (scenario.skew !== undefined) return
  for (const item of watch.items.values()) {
    if (item['entity'] !== 'submission' || item['state'] !== 'unconfirmed' || watch.isPast(item)) continue
    const submission = item as Submission
    const request = watch.request(submission.requestId)
    if (request === undefined) continue
    const order = watch.placed(orderOf(request))
    const doubted = submission.attempts.filter(({ outcome }) => outcome === 'unknown')
    for (const { upstreamRequestId: id } of watch.acceptancesOf(
      submission.requestId,
      submission.firstDevice,
      submission.deviceCount,
    )) {
      if (watch.upstreamLink(id) !== undefined) continue
      const heard = world.takenOf(id).filter(({ accountName }) => accountName === request.accountName)
      const since = Math.min(...heard.map(({ at }) => at))
      if (!doubted.some(({ startedAt }) => startedAt <= since)) continue
      const named = heard.flatMap((taken) => taken.named)
      if (!fits(submission, order, named) || hasRival(world, submission, named, since)) continue
      throw new Violation('I7 visibility', `${keyText(item)} is unconfirmed although ${id} has called back`)
    }
  }
}

/** Results take at most an hour in these worlds, so an unknown attempt stays open for an hour. */
const isOpen = ({ attempts, resultsDueAt = 0 }: Submission, at: number): boolean =>
  attempts.some(
    ({ outcome, finishedAt }) => outcome === 'unknown' && at <= Math.max(resultsDueAt, finishedAt + longestWait),
  )
const longestWait = settings().resultsWithinSeconds! * 1000

/** Whether a callback may be about a submission. A stale unknown attempt gives way to an open one only. */
function mayHaveResults(other: Submission, since: number, isOpenOnly: boolean): boolean {
  if (!other.attempts.some(({ outcome }) => outcome === 'unknown')) return false
  return isOpen(other, since) || (!isOpenOnly && other.state !== 'submitted')
}

const fits = ({ firstDevice, deviceCount }: Submission, order: Order, named: Taken['named']): boolean =>
  Array.from({ length: deviceCount }, (_, index) => firstDevice + index).some(
    (position) => fitOf(named, order, position) === 'yes',
  )

/** Another submission of the account that matches the same messages: its response was lost, and it may get results. */
function hasRival({ watch }: World, of: Submission, named: Taken['named'], since: number): boolean {
  const own = watch.request(of.requestId)?.accountName
  for (const item of watch.items.values()) {
    if (item['entity'] !== 'submission' || watch.isPast(item)) continue
    const other = item as Submission
    const request = watch.request(other.requestId)
    if (request?.accountName !== own || request === undefined) continue
    if (other.requestId === of.requestId && other.submission === of.submission) continue
    if (!mayHaveResults(other, since, isOpen(of, since))) continue
    if (fits(other, watch.placed(orderOf(request)), named)) return true
  }
  return false
}
