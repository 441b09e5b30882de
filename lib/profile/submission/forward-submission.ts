import type { DeviceStore } from '../request/device-link.ts'
import type { Device } from '../order/identifiers.ts'
import type { SubmissionOutcome } from '../request/outcome.ts'
import type { Clock, Log, Random } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Settings } from '../request/settings.ts'
import type { SavedSubmission, SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import type { SubmissionQueue } from './queue.ts'
import type { ThingSpace } from './thingspace.ts'
import { afterOutcome } from './attempt-transitions.ts'
import { isToBeSplit, splitAfterRefusal } from './split-refused.ts'
import { mayComeLate } from './transitions.ts'

export type ForwardDependencies = {
  store: Pick<DeviceStore, 'writeLinks'> & Pick<SubmissionStore, 'saveSubmission' | 'saveAccepted' | 'saveSplit'>
  thingSpace: ThingSpace
  queue: SubmissionQueue
  clock: Clock
  random: Random
  settings: Settings
  log: Log
  sleep: (milliseconds: number) => Promise<unknown>
  /** How long the call to ThingSpace may take: below the function's own limit, so that its outcome can still be written. */
  budgetMilliseconds: number
  /** How long the writing of an outcome is tried again when the store fails; together with the call below the limit. */
  recordMilliseconds: number
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

  const outcome = await thingSpace.submit({
    accountName: request.accountName,
    action: request.action,
    family: request.family,
    fields: request.fields,
    devices,
    deviceShape: request.deviceShape,
    budgetMilliseconds,
  })
  const submission = await recordOutcome(begun, outcome, startedAt, request, dependencies)
  log.info('attempt finished', {
    ...name,
    outcome: outcome.kind,
    ...('cause' in outcome ? { cause: outcome.cause } : {}),
    ...('error' in outcome ? { status: outcome.error.status, code: outcome.error.code } : {}),
    state: submission.state,
  })
  if (submission.state === 'waiting') await sendWorkMessage(submission, dependencies)
  return submission
}

/** Sends the work message of a waiting submission. A failure is not passed on: `sweep-due` finds the submission by its date. */
export async function sendWorkMessage(
  { requestId, submission, attempt, nextAttemptAt }: Submission,
  { queue, clock, log }: Pick<ForwardDependencies, 'queue' | 'clock' | 'log'>,
): Promise<void> {
  const delaySeconds = Math.min(longestDelaySeconds, Math.max(0, Math.ceil(((nextAttemptAt ?? 0) - clock()) / 1000)))
  try {
    await queue.send([{ message: { kind: 'submission', requestId, submission, attempt }, delaySeconds }])
  } catch (error) {
    log.error('work message not sent', { requestId, submission, attempt, error })
  }
}

const mostTries = 10

/**
 * Writes what came of an attempt, again and again while there is time: what is known must not become a doubt over a
 * conflict or a throttled write.
 */
async function recordOutcome(
  begun: Submission,
  outcome: SubmissionOutcome,
  startedAt: number,
  request: ProfileRequest,
  dependencies: ForwardDependencies,
): Promise<Submission> {
  const { clock, sleep, random, log, recordMilliseconds } = dependencies
  const name = { requestId: begun.requestId, submission: begun.submission, attempt: begun.attempt }
  const stopAt = clock() + recordMilliseconds
  let seen = begun
  for (let tries = 1; ; tries += 1) {
    try {
      const { next, saved, second } = await saveOutcome(seen, outcome, startedAt, request, dependencies)
      if (saved.kind === 'saved') {
        if (second !== undefined) await sendWorkMessage(second, dependencies)
        return next
      }
      const { current } = saved
      // Our own write was done although its answer was lost.
      const isOurs = current.revision === next.revision && current.claimId === next.claimId
      if (isOurs && current.state === next.state) return current
      // Our lease ran out meanwhile and the sweep put it in doubt; what we know of the same attempt resolves the doubt.
      const sameAttempt = current.attempt === begun.attempt && current.claimId === begun.claimId
      if (!sameAttempt || !mayComeLate(current.state, next.state)) {
        log.warn('outcome found the submission changed', { ...name, state: current.state, outcome: outcome.kind })
        return current
      }
      seen = current
    } catch (error) {
      const pause = Math.min(1000, 50 * 2 ** tries) * (0.5 + random() / 2)
      if (tries === mostTries || clock() + pause > stopAt) throw error
      log.warn('outcome not stored, tried again', { ...name, outcome: outcome.kind, tries })
      await sleep(pause)
    }
  }
}

async function saveOutcome(
  seen: Submission,
  outcome: SubmissionOutcome,
  startedAt: number,
  { action, accountName }: ProfileRequest,
  { store, clock, random, settings }: ForwardDependencies,
): Promise<{ next: Submission; saved: SavedSubmission; second?: Submission }> {
  const context = { random, settings, action, accountName, now: clock() }
  if (isToBeSplit(seen, outcome)) {
    const halves = splitAfterRefusal(seen, outcome, startedAt, context)
    return { next: halves.first, second: halves.second, saved: await store.saveSplit(halves, seen) }
  }
  const next = afterOutcome(seen, outcome, startedAt, context)
  const saved =
    outcome.kind === 'accepted'
      ? await store.saveAccepted(next, seen, { accountName, upstreamRequestId: outcome.upstreamRequestId })
      : await store.saveSubmission(next, seen)
  return { next, saved }
}
