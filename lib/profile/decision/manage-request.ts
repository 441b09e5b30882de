import type { SubmissionStore } from '../request/submission-store.ts'
import type { RequestStore, RetentionStore } from '../request/request-store.ts'
import { inParallel } from '../../parallel.ts'
import type { ForwardDependencies } from '../submission/forward-submission.ts'
import { sendWorkMessage } from '../submission/send-work-messages.ts'
import { maskCaller } from '../order/mask-for-log.ts'
import type { Clock, Log } from '../ports.ts'
import { type ProfileRequest, isOld, missingSubmissions } from '../request/request.ts'
import type { SubmissionState } from '../request/states.ts'
import type { DecisionRecord, Submission } from '../request/submission.ts'
import { type CheckDependencies, findEvidence, checkCallbacksFirst } from './check-callbacks-first.ts'
import type { TransitionContext } from '../submission/transitions.ts'
import { abandon, afterRetryDecision, cancel } from '../submission/waiting-transitions.ts'

export type ManageDependencies = Pick<ForwardDependencies, 'queue' | 'random' | 'settings'> &
  CheckDependencies & {
    store: CheckDependencies['store'] &
      Pick<RequestStore, 'getRequest' | 'markCancelled'> &
      Pick<SubmissionStore, 'listSubmissions' | 'saveSubmission'> &
      Pick<RetentionStore, 'keepLonger'>
    clock: Clock
    log: Log
    /** How long one decision may work through submissions: below the function's own limit, so that it is answered. */
    decideMilliseconds: number
  }

/** What a decision did: how many submissions it changed, and in which states it found the others. */
export type RequestDecision = (
  { kind: 'done'; changed: number; others: SubmissionState[] } | { kind: 'nothing-to-do'; others: SubmissionState[] }
) & {
  /** Submissions that were not reached in time: the same decision again goes on with them. */
  left: number
}

/** What a retry found out beside: ThingSpace may have called back about what it was to send again. */
export type RetryDecision = RequestDecision & {
  /** Submissions that ThingSpace turned out to have: taken in, and not sent. */
  adopted: number
  /** Upstream request ids that may be about submissions which for that reason were not sent. */
  unclear: string[]
}

export type RetryOptions = {
  /** Who decides. */
  by: string
  /** The submissions that are meant; all of them if nothing is said. */
  only?: readonly number[] | undefined
  /** The attempt and state in which each was when it was decided about: what has moved on since is left. */
  asSeen?: ReadonlyMap<number, Pick<Submission, 'attempt' | 'state'>>
  /** Sends again what ThingSpace may have called back about under an id that fits others too. */
  despiteCallbacks?: boolean
}

/**
 * Tries failed and unconfirmed submissions again: an explicit decision, so it holds for actions that are not repeatable
 * too. What waits for its next attempt is tried now. Submissions that ThingSpace has, or is just being given, are left;
 * and so are those it turns out to have when its callbacks are looked at once more.
 */
export async function retryRequest(
  request: ProfileRequest,
  { by, only, asSeen, despiteCallbacks = false }: RetryOptions,
  dependencies: ManageDependencies,
): Promise<RetryDecision> {
  const { store, clock, random, settings, log } = dependencies
  const { requestId, action, accountName } = request
  const wanted = (await store.listSubmissions(request))
    .filter(({ submission }) => only === undefined || only.includes(submission))
    // What an earlier call of the same decision has changed already comes last, so that the rest is reached.
    .toSorted((a, b) => Number(isTriedNow(a, clock())) - Number(isTriedNow(b, clock())))
  const retryable = new Set(request.cancelledAt === undefined ? wanted.filter(({ state }) => mayBeRetried(state)) : [])
  const stopAt = clock() + dependencies.decideMilliseconds
  const evidence = await findEvidence(request, [...retryable], dependencies, stopAt)
  // What is tried for another day, and waits for results after that, must not vanish meanwhile.
  if (retryable.size > 0 && isOld(request, clock())) await store.keepLonger(request, clock())
  const found = { adopted: 0, unclear: new Set<string>() }
  const decision = await changeEach(wanted, { clock, stopAt }, async (submission) => {
    if (!retryable.has(submission)) return undefined
    if (asSeen !== undefined && hasMovedOn(submission, asSeen.get(submission.submission))) return undefined
    if (isTriedNow(submission, clock())) {
      await sendWorkMessage(submission, dependencies)
      return submission
    }
    const known = evidence.get(submission.submission)
    if (known === undefined) return 'left'
    const check = await checkCallbacksFirst(submission, request, known, dependencies)
    if (check.kind === 'adopted') {
      found.adopted += 1
      return undefined
    }
    if (check.kind === 'unclear' && !despiteCallbacks) {
      const { upstreamRequestIds } = check
      log.warn('retry held back', {
        requestId,
        submission: submission.submission,
        upstreamRequestIds,
        by: maskCaller(by),
      })
      for (const id of upstreamRequestIds) found.unclear.add(id)
      return undefined
    }
    const context: TransitionContext = { now: clock(), random, settings, action, accountName }
    const next = withDecision(afterRetryDecision(submission, context), { at: context.now, by, what: 'retry' })
    const saved = await store.saveSubmission(next, submission)
    if (saved.kind === 'changed') return { found: saved.current?.state }
    log.info('retry decided', {
      requestId,
      submission: submission.submission,
      from: submission.state,
      by: maskCaller(by),
    })
    await sendWorkMessage(next, dependencies)
    return next
  })
  return { ...decision, adopted: found.adopted, unclear: [...found.unclear] }
}

/**
 * Stops what has not been sent and, if asked to, gives up on what is unconfirmed. The request is marked first, so that a
 * worker that is just creating submissions, or about to send one, finds the mark.
 */
export async function cancelRequest(
  request: ProfileRequest,
  { abandonUnconfirmed, by }: { abandonUnconfirmed: boolean; by: string },
  dependencies: ManageDependencies,
): Promise<RequestDecision> {
  const { store, clock, settings, log } = dependencies
  const { requestId } = request
  const before = await store.listSubmissions(request)
  const uncreated = missingSubmissions(request, before).length > 0
  const endedFrom = (submission: Submission): Submission | undefined => {
    const at = clock()
    const what = effectOfCancel(submission.state, abandonUnconfirmed)
    if (what === undefined) return undefined
    return withDecision(what === 'cancel' ? cancel(submission, { now: at, settings }) : abandon(submission, at), {
      at,
      by,
      what,
    })
  }
  if (!uncreated && before.every((submission) => endedFrom(submission) === undefined)) {
    return { kind: 'nothing-to-do', others: before.map(({ state }) => state), left: 0 }
  }
  // Giving up on what is unconfirmed cancels nothing: it may still be tried again.
  if (uncreated || before.some(({ state }) => effectOfCancel(state, false) !== undefined)) {
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
  // Submissions that were never created are cancelled by the mark alone.
  return uncreated && decision.kind === 'nothing-to-do' ? { ...decision, kind: 'done', changed: 0 } : decision
}

/** What a cancellation does to a submission in a state: stops it, gives up on it, or nothing. */
export function effectOfCancel(state: SubmissionState, abandonUnconfirmed: boolean): 'cancel' | 'abandon' | undefined {
  if (state === 'queued' || state === 'waiting') return 'cancel'
  return abandonUnconfirmed && state === 'unconfirmed' ? 'abandon' : undefined
}

export const mayBeRetried = (state: SubmissionState): boolean =>
  state === 'rejected' ||
  state === 'exhausted' ||
  state === 'unconfirmed' ||
  state === 'waiting' ||
  state === 'abandoned'

/** Nothing is left to decide about what is to be tried at once anyway. */
const isTriedNow = ({ state, nextAttemptAt }: Submission, now: number): boolean =>
  state === 'waiting' && nextAttemptAt !== undefined && nextAttemptAt <= now

const hasMovedOn = (submission: Submission, seen: Pick<Submission, 'attempt' | 'state'> | undefined): boolean =>
  seen === undefined || seen.attempt !== submission.attempt || seen.state !== submission.state

const notesKept = 50

/** A submission with a decision about it in its history. */
export const withDecision = (submission: Submission, note: DecisionRecord): Submission => ({
  ...submission,
  decisions: [...(submission.decisions ?? []), note].slice(-notesKept),
})

/** What became of one submission: changed; out of time; found to be changed by another; or nothing to change. */
type Change = Submission | 'left' | { found: SubmissionState | undefined } | undefined

async function changeEach(
  submissions: readonly Submission[],
  { clock, stopAt }: { clock: Clock; stopAt: number },
  change: (submission: Submission) => Promise<Change>,
): Promise<RequestDecision> {
  const others: SubmissionState[] = []
  let [changed, left] = [0, 0]
  // A bulk request of single devices has 10,000 submissions, and the caller waits for less than 30 s.
  await inParallel(submissions, async (submission) => {
    const outcome = clock() < stopAt ? await change(submission) : 'left'
    if (outcome === undefined) others.push(submission.state)
    else if (outcome === 'left') left += 1
    else if ('found' in outcome) others.push(outcome.found ?? submission.state)
    else changed += 1
  })
  return changed > 0 ? { kind: 'done', changed, others, left } : { kind: 'nothing-to-do', others, left }
}
