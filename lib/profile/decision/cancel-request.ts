import { audited } from '../audit/audit-trail.ts'
import { maskCaller } from '../order/mask-for-log.ts'
import { type ProfileRequest, missingSubmissions } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'
import { abandon, cancel } from '../submission/transitions/waiting-transitions.ts'
import { effectOfCancel } from './allowed-decisions.ts'
import { changeEach, type RequestDecision } from './change-each.ts'
import { outcomeOfDecision } from './outcome-of-decision.ts'
import type { ManageDependencies } from './manage-dependencies.ts'
import { hasMovedOn, ofPlan, type Seen } from './seen.ts'
import { withDecision } from './with-decision.ts'

export type CancelOptions = {
  abandonUnconfirmed: boolean
  /** Who decides: a caller's id or an operator. */
  by: string
  /** Only gives up these unconfirmed submissions, unless they changed since. All others are left alone. */
  asSeen?: ReadonlyMap<number, Seen>
  /** The plan that this decision belongs to. */
  planId?: string
}

/**
 * Cancels a request: stops its queued and waiting submissions and, with `abandonUnconfirmed`, gives up the unconfirmed
 * ones. Accepted submissions and those in flight are left alone. The request is marked as cancelled first, so that workers
 * which are creating submissions or are about to send one find the mark.
 */
export async function cancelRequest(
  request: ProfileRequest,
  { abandonUnconfirmed, by, asSeen, planId }: CancelOptions,
  dependencies: Pick<ManageDependencies, 'store' | 'audit' | 'clock' | 'settings' | 'log' | 'decideMilliseconds'>,
): Promise<RequestDecision> {
  const { store, clock, settings, log, audit } = dependencies
  const { requestId, accountName } = request
  const before = await store.listSubmissions(request)
  const uncreated = asSeen === undefined && missingSubmissions(request, before).length > 0
  const isMeant = (submission: Submission, what: 'cancel' | 'abandon') =>
    asSeen === undefined || (what === 'abandon' && !hasMovedOn(submission, asSeen.get(submission.submission)))
  const endedFrom = (submission: Submission): Submission | undefined => {
    const at = clock()
    const what = effectOfCancel(submission.state, abandonUnconfirmed)
    if (what === undefined || !isMeant(submission, what)) return undefined
    const ended = what === 'cancel' ? cancel(submission, { now: at, settings }) : abandon(submission, at)
    return withDecision(ended, { at, by, what, ...ofPlan(planId) })
  }
  if (!uncreated && before.every((submission) => endedFrom(submission) === undefined)) {
    return { kind: 'nothing-to-do', others: before.map(({ state }) => state), left: 0 }
  }
  const effect = async (): Promise<RequestDecision> => {
    // If only unconfirmed submissions are given up, the request is not cancelled, so they can still be retried.
    const stops = asSeen === undefined && before.some(({ state }) => effectOfCancel(state, false) !== undefined)
    if (uncreated || stops) {
      await store.markCancelled(requestId, clock(), by)
    }
    const submissions = await store.listSubmissions(request)
    const stopAt = clock() + dependencies.decideMilliseconds
    const decision = await changeEach(submissions, { clock, stopAt }, async (submission) => {
      const next = endedFrom(submission)
      if (next === undefined) return undefined
      const saved = await store.saveSubmission(next, submission)
      if (saved.kind === 'changed') return { found: saved.current?.state }
      log.info('submission stopped', {
        requestId,
        submission: submission.submission,
        from: submission.state,
        to: next.state,
        by: maskCaller(by),
      })
      return next
    })
    // The mark alone cancels submissions that were never created.
    return uncreated && decision.kind === 'nothing-to-do' ? { ...decision, kind: 'done', changed: 0 } : decision
  }
  return audited(
    audit,
    {
      act: 'request.cancel',
      actor: by,
      accountName,
      subject: requestId,
      detail: { abandonUnconfirmed, ...ofPlan(planId) },
    },
    { effect, outcomeOf: outcomeOfDecision },
  )
}
