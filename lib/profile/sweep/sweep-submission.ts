import type { AuditedAct } from '../audit/audit-entry.ts'
import { audited } from '../audit/audit-trail.ts'
import { withDecision } from '../decision/with-decision.ts'
import type { ActionName } from '../order/action-names.ts'
import { actions } from '../order/actions.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'
import { afterLeaseExpired } from '../submission/transitions/attempt-transitions.ts'
import { placeOf } from '../submission/queue.ts'
import { sendWorkMessage } from '../submission/send-work-messages.ts'
import { mayBeOutdated, type TransitionContext } from '../submission/transitions/transitions.ts'
import {
  abandon,
  afterGrace,
  cancel,
  giveUp,
  isForgotten,
  workMessageSentAgain,
} from '../submission/transitions/waiting-transitions.ts'
import type { SweepDependencies } from './sweep-dependencies.ts'

/**
 * Advances a submission that is due and, if it is to be tried, sends its work message. If another function changes the
 * submission at the same time, that change wins and nothing is sent. Returns whether it has advanced.
 */
export async function sweepSubmission(
  submission: Submission,
  request: ProfileRequest,
  dependencies: Pick<SweepDependencies, 'store' | 'queue' | 'audit' | 'settings' | 'clock' | 'random' | 'log'>,
): Promise<boolean> {
  const { store, clock, random, settings, log, audit } = dependencies
  const { action, accountName } = request
  const context: TransitionContext = { now: clock(), random, settings, action, accountName }
  if (submission.dueAt === undefined || submission.dueAt > context.now) return false
  const next = sweptTo(submission, request, context)
  if (next === undefined) return false
  const save = async () => {
    // Abandoned submissions stay readable for the full retention period.
    if (next.state === 'abandoned') await store.keepLonger(request, context.now)
    return store.saveSubmission(next, submission)
  }
  const act = decidedBySetting(submission, next, action)
  const saved =
    act === undefined
      ? await save()
      : await audited(
          audit,
          {
            act,
            actor: 'gateway',
            accountName,
            subject: request.requestId,
            detail: { submission: submission.submission },
          },
          { effect: save, outcomeOf: ({ kind }) => ({ result: kind === 'saved' ? 'done' : 'nothing-done' }) },
        )
  if (saved.kind === 'changed') return false
  log.info('submission swept', {
    requestId: submission.requestId,
    submission: submission.submission,
    from: submission.state,
    to: next.state,
  })
  if (next.state === 'waiting' || next.state === 'queued') {
    await sendWorkMessage(next, placeOf(request, next), dependencies)
  }
  return true
}

/**
 * What the gateway decides where it would otherwise wait for a person: it gives a submission up at the end of its time,
 * or repeats an action that is not repeatable, because the setting `repeatUnconfirmedFor` says so.
 */
function decidedBySetting(before: Submission, next: Submission, action: ActionName): AuditedAct | undefined {
  if (before.state !== 'unconfirmed') return undefined
  if (next.state === 'abandoned') return 'submission.abandon'
  return next.state === 'waiting' && !actions[action].repeatable ? 'submission.repeat' : undefined
}

/** The next version of a due submission; undefined if there is nothing to do. */
function sweptTo(submission: Submission, request: ProfileRequest, context: TransitionContext): Submission | undefined {
  switch (submission.state) {
    case 'queued':
    case 'waiting':
      // The worker decides, because it can also write the links by which callbacks find the submission.
      if (mayBeOutdated(submission.updatedAt, context.settings)) return workMessageSentAgain(submission, context)
      if (request.cancelledAt !== undefined) return cancel(submission, context)
      return isForgotten(submission, context) ? giveUp(submission, context) : workMessageSentAgain(submission, context)
    case 'submitting':
      return afterLeaseExpired(submission, context)
    case 'unconfirmed':
      return submission.awaitsDecision === true
        ? withDecision(abandon(submission, context.now), { at: context.now, by: 'gateway', what: 'abandon' })
        : afterGrace(submission, context)
    case 'submitted':
    case 'rejected':
    case 'exhausted':
    case 'cancelled':
    case 'abandoned':
      return undefined
  }
}
