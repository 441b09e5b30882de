import { audited } from '../audit/audit-trail.ts'
import { maskCaller } from '../order/mask-for-log.ts'
import { type ProfileRequest, isOld } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'
import { type Place, placeOf, placeOfDecision } from '../submission/queue.ts'
import { sendWorkMessage } from '../submission/send-work-messages.ts'
import type { TransitionContext } from '../submission/transitions/transitions.ts'
import { afterRetryDecision } from '../submission/transitions/waiting-transitions.ts'
import { mayBeRetried } from './allowed-decisions.ts'
import { type ChangeOutcome, changeEach, type RequestDecision } from './change-each.ts'
import { checkCallbacksFirst, findFittingCallbacks } from './check-callbacks-first.ts'
import type { ManageDependencies } from './manage-dependencies.ts'
import { outcomeOfDecision } from './outcome-of-decision.ts'
import { hasMovedOn, ofPlan, type Seen } from './seen.ts'
import { withDecision } from './with-decision.ts'

/** The effect of a retry. Callbacks may show that ThingSpace has accepted a submission, which is then not sent again. */
export type RetryDecision = RequestDecision & {
  /** Number of submissions that adopted callbacks and were not sent again. */
  adopted: number
  /** Upstream request ids of callbacks that may belong to submissions. Those submissions were not sent again. */
  unclear: string[]
}

export type RetryOptions = {
  /** Who decides: a caller's id or an operator. */
  by: string
  /** Numbers of the submissions to retry. All of them if absent. */
  only?: readonly number[] | undefined
  /** Each submission when the decision was made. Submissions that changed since are skipped. */
  asSeen?: ReadonlyMap<number, Seen>
  /** Sends a submission again even if callbacks came that may belong to it. */
  despiteCallbacks?: boolean
  /** The plan that this decision belongs to. */
  planId?: string
  /** Number of submissions that a decision about several requests is about. Those of this request if absent. */
  outOf?: number
}

/**
 * Retries failed and unconfirmed submissions of a request by writing them back to `waiting` and sending work messages. It
 * is an explicit decision, so it also applies to actions that are not repeatable. Waiting submissions are tried at once.
 * Submissions that are accepted or in flight are skipped. Before a non-repeatable action is sent again, orphaned
 * callbacks are checked, because they may show that it ran.
 */
export async function retryRequest(
  request: ProfileRequest,
  options: RetryOptions,
  dependencies: ManageDependencies,
): Promise<RetryDecision> {
  const { store, clock, audit } = dependencies
  const { by, only, despiteCallbacks = false, planId } = options
  const wanted = (await store.listSubmissions(request))
    .filter(({ submission }) => only === undefined || only.includes(submission))
    // Submissions that an earlier, unfinished call has changed come last, so that this call reaches the rest.
    .toSorted((a, b) => Number(isTriedNow(a, clock())) - Number(isTriedNow(b, clock())))
  const mayRetry = request.cancelledAt === undefined && wanted.some(mayBeRetried)
  // Nothing is recorded, because nothing can change.
  if (!mayRetry) return { kind: 'nothing-to-do', others: wanted.map(({ state }) => state), left: 0, ...noCallbacks }
  const { requestId, accountName } = request
  return audited(
    audit,
    {
      act: 'request.retry',
      actor: by,
      accountName,
      subject: requestId,
      detail: { despiteCallbacks, ...ofPlan(planId) },
    },
    {
      effect: () => retryEach(request, { wanted, options }, dependencies),
      outcomeOf(decision) {
        const { result, detail } = outcomeOfDecision(decision)
        const { adopted, unclear } = decision
        return { result, detail: { ...detail, submissionsAdopted: adopted, callbacksUnclear: unclear.length } }
      },
    },
  )
}

const noCallbacks = { adopted: 0, unclear: [] }

async function retryEach(
  request: ProfileRequest,
  { wanted, options }: { wanted: readonly Submission[]; options: RetryOptions },
  dependencies: ManageDependencies,
): Promise<RetryDecision> {
  const { by, asSeen, despiteCallbacks = false, planId } = options
  const { store, clock, log } = dependencies
  const retryable = new Set(wanted.filter(mayBeRetried))
  const place = placeOfDecision(request, options.outOf ?? retryable.size)
  const stopAt = clock() + dependencies.decideMilliseconds
  const fitting = await findFittingCallbacks(request, { submissions: [...retryable], stopAt }, dependencies)
  // The retry and its callbacks can take days. Without this, an old request would expire before its results arrive.
  if (isOld(request, clock())) await store.keepLonger(request, clock())
  const found = { adopted: 0, unclear: new Set<string>() }
  const decision = await changeEach(wanted, { clock, stopAt }, async (submission) => {
    if (!retryable.has(submission)) return undefined
    if (asSeen !== undefined && hasMovedOn(submission, asSeen.get(submission.submission))) return undefined
    const isPromoted = place.lane === 'single' && placeOf(request, submission).lane === 'bulk'
    if (isTriedNow(submission, clock()) && !isPromoted) {
      await sendWorkMessage(submission, place, dependencies)
      return submission
    }
    const orphans = fitting.get(submission.submission)
    if (orphans === undefined) return 'left'
    const check = await checkCallbacksFirst(submission, { request, orphans }, dependencies)
    if (check.kind === 'adopted') {
      found.adopted += 1
      return undefined
    }
    if (check.kind === 'unclear' && !despiteCallbacks) {
      const { upstreamRequestIds } = check
      log.warn('retry held back', { ...nameOf(submission), upstreamRequestIds, by: maskCaller(by) })
      for (const id of upstreamRequestIds) found.unclear.add(id)
      return undefined
    }
    return retrySubmission(submission, { request, by, planId, place }, dependencies)
  })
  return { ...decision, adopted: found.adopted, unclear: [...found.unclear] }
}

async function retrySubmission(
  submission: Submission,
  {
    request: { action, accountName },
    by,
    planId,
    place,
  }: { request: ProfileRequest; by: string; planId: string | undefined; place: Place },
  dependencies: ManageDependencies,
): Promise<ChangeOutcome> {
  const { store, clock, random, settings, log } = dependencies
  const context: TransitionContext = { now: clock(), random, settings, action, accountName }
  const next = withDecision(afterRetryDecision(submission, place.lane, context), {
    at: context.now,
    by,
    what: 'retry',
    ...ofPlan(planId),
  })
  const saved = await store.saveSubmission(next, submission)
  if (saved.kind === 'changed') return { found: saved.current?.state }
  log.info('retry decided', { ...nameOf(submission), from: submission.state, by: maskCaller(by) })
  await sendWorkMessage(next, place, dependencies)
  return next
}

const nameOf = ({ requestId, submission }: Submission) => ({ requestId, submission })

/**
 * Whether the next attempt is due already. Such a submission only needs its work message again, unless the decision gives
 * it a faster lane.
 */
const isTriedNow = ({ state, nextAttemptAt }: Submission, now: number): boolean =>
  state === 'waiting' && nextAttemptAt !== undefined && nextAttemptAt <= now
