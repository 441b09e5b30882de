import type { SubmissionStore } from '../request/submission-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import { newSubmission } from './accept-request.ts'
import { ensureLinks } from './device-links.ts'
import {
  forwardSubmission,
  type ForwardDependencies,
  longestDelaySeconds,
  sendWorkMessage,
} from './forward-submission.ts'
import { devicesPerPart } from '../request/manifest.ts'
import { type ProfileRequest, plannedSubmissions } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'
import type { WorkMessage } from './queue.ts'
import { beginAttempt } from './attempt-transitions.ts'
import { cancel, giveUp } from './waiting-transitions.ts'

export type WorkMessageDependencies = ForwardDependencies & {
  store: ForwardDependencies['store'] &
    Pick<RequestStore, 'getRequest' | 'getDevices'> &
    Pick<SubmissionStore, 'getSubmission' | 'createSubmissions' | 'saveSubmission'>
  newId: () => string
}

/**
 * What one message of the submissions queue asks for: the next attempt of a submission, or the submissions of a part.
 * A work message that is late, early, doubled or dangling does no harm; the record says what is to be done.
 * Throws when the store fails: the message comes back.
 */
export async function handleWorkMessage(message: WorkMessage, dependencies: WorkMessageDependencies): Promise<void> {
  const { store, log } = dependencies
  const request = await store.getRequest(message.requestId)
  if (request === undefined) {
    log.warn('work message to a request that is gone', { requestId: message.requestId })
    return
  }
  switch (message.kind) {
    case 'part':
      return createSubmissionsOfPart(request, message.part, dependencies)
    case 'submission':
      return attemptSubmission(request, message, dependencies)
  }
}

/** Creates the submissions whose first device lies in a part of the manifest, and sends each on its way. */
async function createSubmissionsOfPart(
  request: ProfileRequest,
  part: number,
  { store, queue, clock, settings, log }: WorkMessageDependencies,
): Promise<void> {
  if (request.cancelledAt !== undefined) return
  const { requestId } = request
  const now = clock()
  const submissions = plannedSubmissions(request, part * devicesPerPart, (part + 1) * devicesPerPart).map(
    (firstDevice) => newSubmission(request, firstDevice, now, settings),
  )
  await store.createSubmissions(submissions)
  await queue.send(
    submissions.map(({ submission }) => ({
      message: { kind: 'submission', requestId, submission, attempt: 0 },
      delaySeconds: 0,
    })),
  )
  log.info('part submitted to the queue', { requestId, part, submissions: submissions.length })
}

async function attemptSubmission(
  request: ProfileRequest,
  message: Extract<WorkMessage, { kind: 'submission' }>,
  dependencies: WorkMessageDependencies,
): Promise<void> {
  const { store, log, clock, settings } = dependencies
  const seen = await store.getSubmission(request, message.submission)
  if (seen === undefined || seen.attempt !== message.attempt || (seen.state !== 'queued' && seen.state !== 'waiting')) {
    log.info('work message overtaken', { ...message, state: seen?.state, storedAttempt: seen?.attempt })
    return
  }
  const now = clock()
  if (request.cancelledAt !== undefined) {
    await store.saveSubmission(cancel(seen, { now, settings }), seen)
    return
  }
  if (seen.nextAttemptAt !== undefined && seen.nextAttemptAt > now + 1000) {
    // It came early: SQS cannot delay for longer than a quarter of an hour.
    log.info('work message sent on', { ...message, longestDelaySeconds })
    return sendWorkMessage(seen, dependencies)
  }
  if (now > seen.giveUpAt) {
    await store.saveSubmission(giveUp(seen, { now, settings }), seen)
    return
  }
  // All that takes time comes before the claim: a crash before it is known not to have sent anything.
  const devices = await store.getDevices(request, seen.firstDevice, seen.deviceCount)
  await ensureLinks(request, seen, devices, store, now)
  const begun = await claim(seen, dependencies)
  if (begun !== undefined) await forwardSubmission(begun, request, devices, dependencies)
}

/** Takes the next attempt for this worker; nothing when somebody else was faster. */
async function claim(
  seen: Submission,
  { store, clock, settings, newId, log }: WorkMessageDependencies,
): Promise<Submission | undefined> {
  const begun = beginAttempt(seen, newId(), { now: clock(), settings })
  const saved = await store.saveSubmission(begun, seen)
  // A write that succeeded although its answer was lost is refused when the SDK repeats it; it is still ours.
  if (saved.kind === 'saved' || saved.current.claimId === begun.claimId) return begun
  log.info('attempt taken by another worker', { requestId: seen.requestId, submission: seen.submission })
  return undefined
}
