import type { FlowControl } from '../flow-control/flow-control.ts'
import type { DeviceStore } from '../request/device-link.ts'
import { devicesPerPart } from '../request/manifest.ts'
import type { RequestStore } from '../request/request-store.ts'
import { type ProfileRequest, plannedSubmissions } from '../request/request.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import { afterRestore, beginAttempt } from './transitions/attempt-transitions.ts'
import { ensureLinks } from './device-links.ts'
import { type ForwardDependencies, forwardSubmission } from './forward-submission.ts'
import { answersProbe, holdBack } from './hold-back.ts'
import { newSubmission } from './new-request.ts'
import { placeOf, type WorkMessage } from './queue.ts'
import { longestDelaySeconds, sendWorkMessage } from './send-work-messages.ts'
import { mayBeOutdated } from './transitions/transitions.ts'
import { cancel, giveUp } from './transitions/waiting-transitions.ts'

export type WorkMessageDependencies = Omit<ForwardDependencies, 'store'> & {
  store: Pick<RequestStore, 'getRequest' | 'getDevices'> &
    Pick<SubmissionStore, 'getSubmission' | 'createSubmissions' | 'saveSubmission' | 'saveAccepted' | 'saveSplit'> &
    Pick<DeviceStore, 'writeLinks'>
  newId: () => string
  flow: FlowControl
}

/**
 * Handles one message of the submissions queue: creates the submissions of a manifest part, or makes the next attempt
 * of a submission. The retry worker calls it. Late, early and duplicate messages are harmless, because the stored state
 * decides what to do. Throws if the store or the queue fails, so that SQS redelivers the message.
 */
export async function handleWorkMessage(message: WorkMessage, dependencies: WorkMessageDependencies): Promise<void> {
  const { store, log } = dependencies
  const request = await store.getRequest(message.requestId)
  if (request === undefined) {
    log.warn('request of a work message not found', { requestId: message.requestId })
    return
  }
  switch (message.kind) {
    case 'part':
      return createSubmissionsOfPart(request, message.part, dependencies)
    case 'submission':
      return attemptSubmission(request, message, dependencies)
  }
}

/** Creates the submissions whose first device lies in a part of the manifest, and sends a work message for each. */
async function createSubmissionsOfPart(
  request: ProfileRequest,
  part: number,
  { store, queue, clock, settings, log }: WorkMessageDependencies,
): Promise<void> {
  if (request.cancelledAt !== undefined) return
  const { requestId } = request
  // If the table was put back, the missing submissions may have been created and sent since then.
  const times = { now: mayBeOutdated(request.createdAt, settings) ? request.createdAt : clock(), settings }
  const submissions = plannedSubmissions(request, part * devicesPerPart, (part + 1) * devicesPerPart).map(
    (firstDevice) => newSubmission(request, firstDevice, times),
  )
  await store.createSubmissions(submissions)
  await queue.send(
    submissions.map(({ submission }) => ({
      message: { kind: 'submission', requestId, submission, attempt: 0 },
      delaySeconds: 0,
      ...placeOf(request),
    })),
  )
  log.info('submissions of a part created', { requestId, part, submissions: submissions.length })
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
  if (mayBeOutdated(seen.updatedAt, settings)) return holdAfterRestore(seen, request, dependencies)
  const now = clock()
  if (request.cancelledAt !== undefined) {
    await store.saveSubmission(cancel(seen, { now, settings }), seen)
    return
  }
  if (seen.nextAttemptAt !== undefined && seen.nextAttemptAt > now + 1000) {
    // The wait is longer than SQS can delay a message.
    log.info('work message delayed again', { ...message, longestDelaySeconds })
    return sendWorkMessage(seen, placeOf(request, seen), dependencies)
  }
  if (now > seen.giveUpAt) {
    await store.saveSubmission(giveUp(seen, { now, settings }), seen)
    return
  }
  const permit = await dependencies.flow.ask({ ...placeOf(request, seen), mayProbe: true })
  if (permit.kind === 'hold') return holdBack(seen, { hold: permit, request }, dependencies)
  try {
    if (permit.isProbe && !(await answersProbe(request, permit, dependencies))) {
      return await holdBack(seen, { hold: { why: 'failing', until: clock() }, request }, dependencies)
    }
    // Everything slow happens before the claim. After a crash up to here it is known that nothing was sent.
    const devices = await store.getDevices(request, seen.firstDevice, seen.deviceCount)
    await ensureLinks({ request, submission: seen, devices, now }, store)
    const begun = await claim(seen, dependencies)
    if (begun !== undefined) await forwardSubmission({ begun, request, devices, permit }, dependencies)
  } finally {
    await permit.release()
  }
}

/** Does not send a submission that may have been sent before the table was put back. */
async function holdAfterRestore(
  seen: Submission,
  request: ProfileRequest,
  { store, clock, random, settings, log }: WorkMessageDependencies,
): Promise<void> {
  const { action, accountName, requestId } = request
  const now = clock()
  const devices = await store.getDevices(request, seen.firstDevice, seen.deviceCount)
  // Callbacks find the submission by these links.
  await ensureLinks({ request, submission: seen, devices, now }, store)
  const held = afterRestore(seen, { now, random, settings, action, accountName })
  await store.saveSubmission(held, seen)
  log.warn('submission not sent after a restore', { requestId, submission: seen.submission, from: seen.state })
}

/** Claims the next attempt for this worker. Returns undefined if another worker was faster. */
async function claim(
  seen: Submission,
  { store, clock, settings, newId, log }: WorkMessageDependencies,
): Promise<Submission | undefined> {
  const begun = beginAttempt(seen, newId(), { now: clock(), settings })
  const saved = await store.saveSubmission(begun, seen)
  // If a write succeeds but its response is lost, the SDK repeats it and DynamoDB refuses it. The claim is still ours.
  if (saved.kind === 'saved' || saved.current.claimId === begun.claimId) return begun
  log.info('attempt taken by another worker', { requestId: seen.requestId, submission: seen.submission })
  return undefined
}
