import { type Device, pointerIdentifiers } from './identifiers.ts'
import type { SubmissionOutcome } from './outcome.ts'
import type { Clock, Log, Random, SavedSubmission, Store, SubmissionQueue, ThingSpace } from './ports.ts'
import { isOld, type ProfileRequest, type Submission } from './request.ts'
import type { Settings } from './retry-policy.ts'
import { afterOutcome, isToBeSplit, mayComeLate, splitAfterRefusal } from './submission-states.ts'

export type ForwardDependencies = {
  store: Pick<Store, 'writePointers' | 'saveSubmission' | 'saveAccepted' | 'saveSplit'>
  thingSpace: ThingSpace
  queue: SubmissionQueue
  clock: Clock
  random: Random
  settings: Settings
  log: Log
  /** How long one attempt may take: below the function's own limit, so that its outcome can still be written. */
  budgetMilliseconds: number
}

/** SQS delays a message by 15 minutes at most; a longer wait is sent on when it arrives early. */
export const longestDelaySeconds = 900

/**
 * Makes the attempt that `begun` (state `submitting`) has claimed, and records what came of it.
 * Shared by the HTTP call and the retry worker. Gives the submission as it then stands. Throws only when an outcome
 * could not be written: then the lease runs out and the submission becomes `unconfirmed`, which is the truth.
 */
export async function forwardSubmission(
  begun: Submission,
  request: ProfileRequest,
  devices: readonly Device[],
  dependencies: ForwardDependencies,
): Promise<Submission> {
  const { clock, log, thingSpace, budgetMilliseconds } = dependencies
  const startedAt = clock()
  const name = { requestId: begun.requestId, submission: begun.submission, attempt: begun.attempt }
  log.info('attempt started', { ...name, action: request.action, devices: devices.length })

  const outcome: SubmissionOutcome = (await pointersWritten(begun, request, devices, dependencies))
    ? await thingSpace.submit({
        accountName: request.accountName,
        action: request.action,
        family: request.family,
        fields: request.fields,
        devices,
        deviceShape: request.deviceShape,
        budgetMilliseconds,
      })
    : {
        kind: 'not-accepted',
        cause: 'pointers-not-stored',
        error: { message: 'the device pointers could not be stored' },
      }

  const submission = await recordOutcome(begun, outcome, startedAt, request, dependencies)
  log.info('attempt finished', {
    ...name,
    outcome: outcome.kind,
    ...('cause' in outcome ? { cause: outcome.cause } : {}),
    ...('error' in outcome ? { status: outcome.error.status, code: outcome.error.code } : {}),
    state: submission.state,
  })
  if (submission.state === 'waiting') await sendPointer(submission, dependencies)
  return submission
}

/** Sends the pointer of a waiting submission. A failure is not passed on: `sweep-due` finds the submission by its date. */
export async function sendPointer(
  { requestId, submission, attempt, nextAttemptAt }: Submission,
  { queue, clock, log }: Pick<ForwardDependencies, 'queue' | 'clock' | 'log'>,
): Promise<void> {
  const delaySeconds = Math.min(longestDelaySeconds, Math.max(0, Math.ceil(((nextAttemptAt ?? 0) - clock()) / 1000)))
  try {
    await queue.send([{ pointer: { kind: 'submission', requestId, submission, attempt }, delaySeconds }])
  } catch (error) {
    log.error('pointer not sent', { requestId, submission, attempt, error })
  }
}

/**
 * Pointers come before the POST: they are how a callback finds a submission whose answer was lost.
 * They are written until one attempt has got past them.
 */
async function pointersWritten(
  begun: Submission,
  request: ProfileRequest,
  devices: readonly Device[],
  { store, log }: ForwardDependencies,
): Promise<boolean> {
  const gotPast = begun.attempts.some(({ cause }) => cause !== 'lease-expired' && cause !== 'pointers-not-stored')
  // Those of an old order may be about to be deleted: they are written anew, to be kept from now on.
  const keptFrom = isOld(request, begun.updatedAt) ? begun.updatedAt : undefined
  if (keptFrom === undefined && (begun.splitFrom !== undefined || gotPast)) return true
  const { requestId, submission, firstDevice } = begun
  const { accountName, action, createdAt } = request
  try {
    await store.writePointers(
      devices.flatMap((device, offset) =>
        pointerIdentifiers(device).map((identifier) => ({
          identifier,
          requestId,
          position: firstDevice + offset,
          accountName,
          action,
          createdAt,
        })),
      ),
      keptFrom,
    )
    return true
  } catch (error) {
    log.error('device pointers not stored', { requestId, submission, error })
    return false
  }
}

async function recordOutcome(
  begun: Submission,
  outcome: SubmissionOutcome,
  startedAt: number,
  request: ProfileRequest,
  dependencies: ForwardDependencies,
): Promise<Submission> {
  const { log } = dependencies
  let seen = begun
  for (;;) {
    const { next, saved, second } = await saveOutcome(seen, outcome, startedAt, request, dependencies)
    if (saved.kind === 'saved') {
      if (second !== undefined) await sendPointer(second, dependencies)
      return next
    }
    const { current } = saved
    // Our lease ran out meanwhile and the sweep put it in doubt; what we know of the same attempt resolves the doubt.
    const sameAttempt = current.attempt === begun.attempt && current.claimId === begun.claimId
    if (sameAttempt && mayComeLate(current.state, next.state)) {
      seen = current
      continue
    }
    log.warn('outcome found the submission changed', {
      requestId: begun.requestId,
      submission: begun.submission,
      attempt: begun.attempt,
      state: current.state,
      outcome: outcome.kind,
    })
    return current
  }
}

async function saveOutcome(
  seen: Submission,
  outcome: SubmissionOutcome,
  startedAt: number,
  { action, accountName }: ProfileRequest,
  { store, clock, random, settings }: ForwardDependencies,
): Promise<{ next: Submission; saved: SavedSubmission; second?: Submission }> {
  const circumstances = { random, settings, action, accountName, now: clock() }
  if (isToBeSplit(seen, outcome)) {
    const halves = splitAfterRefusal(seen, outcome, startedAt, circumstances)
    return { next: halves.first, second: halves.second, saved: await store.saveSplit(halves, seen) }
  }
  const next = afterOutcome(seen, outcome, startedAt, circumstances)
  const saved =
    outcome.kind === 'accepted'
      ? await store.saveAccepted(next, seen, outcome.upstreamRequestId, accountName)
      : await store.saveSubmission(next, seen)
  return { next, saved }
}
