import type { Clock, Log, Random } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Settings } from '../request/settings.ts'
import type { SavedSubmission, SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import { afterOutcome, type AttemptOutcome } from './transitions/attempt-transitions.ts'
import { placeOf, type SubmissionQueue } from './queue.ts'
import { sendWorkMessage } from './send-work-messages.ts'
import { isToBeSplit, splitAfterRefusal } from './transitions/split-refused.ts'
import { mayComeLate } from './transitions/transitions.ts'

export type RecordDependencies = {
  store: Pick<SubmissionStore, 'saveSubmission' | 'saveAccepted' | 'saveSplit'>
  queue: SubmissionQueue
  clock: Clock
  random: Random
  settings: Settings
  log: Log
  sleep: (milliseconds: number) => Promise<unknown>
  /**
   * Time limit of storing the outcome, retries included. Together with the call to ThingSpace it stays below the
   * function's timeout.
   */
  recordMilliseconds: number
}

type RequestOutcome = AttemptOutcome & { request: ProfileRequest }

const mostTries = 10

/**
 * Stores the outcome of an attempt and returns the submission in its new state. After a conflict or a failed write it
 * retries within `recordMilliseconds`, because a known outcome that is not stored would become `unconfirmed`.
 * Throws if the time or the number of tries is used up.
 */
export async function recordOutcome(
  begun: Submission,
  attempt: RequestOutcome,
  dependencies: RecordDependencies,
): Promise<Submission> {
  const { clock, sleep, random, log, recordMilliseconds } = dependencies
  const outcome = attempt.outcome.kind
  const name = { requestId: begun.requestId, submission: begun.submission, attempt: begun.attempt }
  const stopAt = clock() + recordMilliseconds
  let seen = begun
  for (let tries = 1; ; tries += 1) {
    try {
      const { next, saved, second } = await saveOutcome(seen, attempt, dependencies)
      if (saved.kind === 'saved') {
        if (second !== undefined) await sendWorkMessage(second, placeOf(attempt.request, second), dependencies)
        return next
      }
      const { current } = saved
      // An earlier try of this loop was stored although its response was lost.
      const isOurs = current.revision === next.revision && current.claimId === next.claimId
      if (isOurs && current.state === next.state) return current
      // If the lease expired meanwhile, the sweep made this attempt `unconfirmed`. The known outcome may replace that.
      const isSameAttempt = current.attempt === begun.attempt && current.claimId === begun.claimId
      if (!isSameAttempt || !mayComeLate(current.state, next.state)) {
        log.warn('outcome found the submission changed', { ...name, state: current.state, outcome })
        return current
      }
      seen = current
    } catch (error) {
      const pause = Math.min(1000, 50 * 2 ** tries) * (0.5 + random() / 2)
      if (tries === mostTries || clock() + pause > stopAt) throw error
      log.warn('outcome not stored, trying again', { ...name, outcome, tries })
      await sleep(pause)
    }
  }
}

/** Writes the outcome once, if the revision is still that of `seen`. `second` is the second half of a split. */
async function saveOutcome(
  seen: Submission,
  { request: { action, accountName }, outcome, startedAt }: RequestOutcome,
  { store, clock, random, settings }: RecordDependencies,
): Promise<{ next: Submission; saved: SavedSubmission; second?: Submission }> {
  const context = { random, settings, action, accountName, now: clock() }
  if (isToBeSplit(seen, outcome)) {
    const halves = splitAfterRefusal(seen, { outcome, startedAt }, context)
    return { next: halves.first, second: halves.second, saved: await store.saveSplit(halves, seen) }
  }
  const next = afterOutcome(seen, { outcome, startedAt }, context)
  const saved =
    outcome.kind === 'accepted'
      ? await store.saveAccepted(next, seen, { accountName, upstreamRequestId: outcome.upstreamRequestId })
      : await store.saveSubmission(next, seen)
  return { next, saved }
}
