import { sendPointer, type ForwardDependencies } from './forward-submission.ts'
import type { Clock, Log, Store } from './ports.ts'
import { missingSubmissions, type ProfileRequest, type Submission, type SubmissionState } from './request.ts'
import { abandon, afterRetryDecision, cancel, type Circumstances } from './submission-states.ts'

export type ManageDependencies = Pick<ForwardDependencies, 'queue' | 'random' | 'settings'> & {
  store: Pick<Store, 'getRequest' | 'listSubmissions' | 'saveSubmission' | 'markCancelled'>
  clock: Clock
  log: Log
}

/** What a decision did: how many submissions it changed, and in which states it found the others. */
export type Decision =
  { kind: 'done'; changed: number; others: SubmissionState[] } | { kind: 'nothing-to-do'; others: SubmissionState[] }

/**
 * Tries failed and unconfirmed submissions again: an explicit decision, so it holds for actions that are not repeatable
 * too. What waits for its next attempt is tried now. Submissions that ThingSpace has, or is just being given, are left.
 */
export async function retryRequest(
  request: ProfileRequest,
  only: readonly number[] | undefined,
  dependencies: ManageDependencies,
): Promise<Decision> {
  const { store, clock, random, settings, log } = dependencies
  const { requestId, action, accountName } = request
  const wanted = (await store.listSubmissions(requestId)).filter(
    ({ submission }) => only === undefined || only.includes(submission),
  )
  return changeEach(wanted, async (submission) => {
    if (!mayBeRetried(submission.state) || request.cancelledAt !== undefined) return undefined
    const circumstances: Circumstances = { now: clock(), random, settings, action, accountName }
    const next = afterRetryDecision(submission, circumstances)
    const saved = await store.saveSubmission(next, submission)
    if (saved.kind === 'changed') return undefined
    log.info('retry decided', { requestId, submission: submission.submission, from: submission.state })
    await sendPointer(next, dependencies)
    return next
  })
}

/**
 * Stops what has not been sent and, if asked to, gives up on what is unconfirmed. The request is marked first, so that a worker that is just creating submissions, or
 * about to send one, finds the mark.
 */
export async function cancelRequest(
  request: ProfileRequest,
  { abandonUnconfirmed }: { abandonUnconfirmed: boolean },
  dependencies: ManageDependencies,
): Promise<Decision> {
  const { store, clock, log } = dependencies
  const { requestId } = request
  const before = await store.listSubmissions(requestId)
  const uncreated = missingSubmissions(request, before).length > 0
  const endedFrom = (submission: Submission): Submission | undefined => {
    if (mayBeCancelled(submission.state)) return cancel(submission, clock())
    return abandonUnconfirmed && submission.state === 'unconfirmed' ? abandon(submission, clock()) : undefined
  }
  if (!uncreated && before.every((submission) => endedFrom(submission) === undefined)) {
    return { kind: 'nothing-to-do', others: before.map(({ state }) => state) }
  }
  await store.markCancelled(requestId, clock())
  const submissions = await store.listSubmissions(requestId)
  const decision = await changeEach(submissions, async (submission) => {
    const next = endedFrom(submission)
    if (next === undefined) return undefined
    const saved = await store.saveSubmission(next, submission)
    if (saved.kind === 'changed') return undefined
    log.info('submission stopped', {
      requestId,
      submission: submission.submission,
      from: submission.state,
      to: next.state,
    })
    return next
  })
  // Submissions that were never created are cancelled by the mark alone.
  return uncreated && decision.kind === 'nothing-to-do'
    ? { kind: 'done', changed: 0, others: decision.others }
    : decision
}

const mayBeCancelled = (state: SubmissionState): boolean => state === 'queued' || state === 'waiting'

const mayBeRetried = (state: SubmissionState): boolean =>
  state === 'rejected' ||
  state === 'exhausted' ||
  state === 'unconfirmed' ||
  state === 'waiting' ||
  state === 'abandoned'

async function changeEach(
  submissions: readonly Submission[],
  change: (submission: Submission) => Promise<Submission | undefined>,
): Promise<Decision> {
  const others: SubmissionState[] = []
  let changed = 0
  for (const submission of submissions) {
    if ((await change(submission)) === undefined) others.push(submission.state)
    else changed += 1
  }
  return changed > 0 ? { kind: 'done', changed, others } : { kind: 'nothing-to-do', others }
}
