import type { Hold, Permit } from '../flow-control/flow-control.ts'
import { holdUntil } from '../flow-control/hold-until.ts'
import type { Clock, Log, Random } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Settings } from '../request/settings.ts'
import type { Submission } from '../request/submission.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import { placeOf, type SubmissionQueue } from './queue.ts'
import { sendWorkMessage } from './send-work-messages.ts'
import type { ThingSpace } from './thingspace.ts'
import { giveUp, heldBack } from './transitions/waiting-transitions.ts'

export type HoldDependencies = {
  store: Pick<SubmissionStore, 'saveSubmission'>
  queue: SubmissionQueue
  clock: Clock
  random: Random
  settings: Settings
  log: Log
}

/**
 * Postpones an attempt for which ThingSpace has no room, without using it up. Ends the submission if its time would be
 * over by then, as after an attempt. Nothing is logged, because thousands of submissions may wait; the limit itself is
 * logged when it changes.
 */
export async function holdBack(
  seen: Submission,
  { hold, request }: { hold: Pick<Hold, 'why' | 'until'>; request: ProfileRequest },
  dependencies: HoldDependencies,
): Promise<void> {
  const { store, clock, random, settings } = dependencies
  const times = { now: clock(), random, settings, retry: settings.retry }
  const nextAttemptAt = holdUntil({ ...hold, times: seen.held?.times ?? 0 }, times)
  if (nextAttemptAt > seen.giveUpAt) {
    await store.saveSubmission(giveUp(seen, times), seen)
    return
  }
  const held = heldBack(seen, { nextAttemptAt, why: hold.why }, times)
  // If another writer was faster, its own work message follows.
  const saved = await store.saveSubmission(held, seen)
  if (saved.kind === 'saved') await sendWorkMessage(held, placeOf(request, held), dependencies)
}

/** Time for a harmless call. The attempt after it still ends in time. */
const probeMilliseconds = 5_000

/**
 * Makes a harmless call while calls have stopped. If ThingSpace does not answer it, it would not answer an order either,
 * whose outcome would then be unknown. So an outage costs no order an attempt.
 */
export async function answersProbe(
  { accountName }: ProfileRequest,
  permit: Permit,
  { thingSpace, clock }: { thingSpace: Pick<ThingSpace, 'answers'>; clock: Clock },
): Promise<boolean> {
  const startedAt = clock()
  if (await thingSpace.answers({ accountName, budgetMilliseconds: probeMilliseconds })) return true
  permit.note({ kind: 'not-accepted', cause: 'unavailable', error: {} }, startedAt)
  return false
}
