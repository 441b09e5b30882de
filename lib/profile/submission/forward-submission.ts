import type { Permit } from '../flow-control/flow-control.ts'
import type { Device } from '../order/identifiers.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'
import { traceIdOf, traceOfAttempt } from '../request/trace.ts'
import { type RecordDependencies, recordOutcome } from './record-outcome.ts'
import { placeOf } from './queue.ts'
import { sendWorkMessage } from './send-work-messages.ts'
import type { ThingSpace } from './thingspace.ts'

export type ForwardDependencies = RecordDependencies & {
  thingSpace: ThingSpace
  /**
   * Time limit of the call to ThingSpace, credentials included. The function needs time after it to store the outcome.
   */
  budgetMilliseconds: number
}

/**
 * Makes the attempt that `begun` has claimed (state `submitting`) and stores its outcome. The HTTP call and the retry
 * worker use it. Returns the submission in its new state, and sends a work message if another attempt follows. Notes
 * the outcome in the permit, which the caller releases.
 * Throws only if the outcome could not be stored. The lease then expires and the submission becomes `unconfirmed`.
 */
export async function forwardSubmission(
  {
    begun,
    request,
    devices,
    permit,
  }: { begun: Submission; request: ProfileRequest; devices: readonly Device[]; permit: Permit },
  dependencies: ForwardDependencies,
): Promise<Submission> {
  const { clock, log, thingSpace, budgetMilliseconds } = dependencies
  const startedAt = clock()
  const { requestId, submission: first, attempt } = begun
  const name = { requestId, submission: first, attempt, traceId: traceIdOf(request) }
  log.info('attempt started', { ...name, action: request.action, devices: devices.length })

  const outcome = await thingSpace.submit({
    accountName: request.accountName,
    action: request.action,
    family: request.family,
    fields: request.fields,
    devices,
    deviceShape: request.deviceShape,
    traceparent: traceOfAttempt(request, begun),
    budgetMilliseconds,
  })
  permit.note(outcome, startedAt)
  // Logged before the outcome is stored: if storing fails, this line is the only trace of the upstream request id.
  log.info('attempt finished', {
    ...name,
    outcome: outcome.kind,
    ...('cause' in outcome ? { cause: outcome.cause } : {}),
    ...(outcome.kind === 'accepted'
      ? { upstreamRequestId: outcome.upstreamRequestId }
      : { status: outcome.error.status, code: outcome.error.code }),
    milliseconds: clock() - startedAt,
  })
  const submission = await recordOutcome(begun, { request, outcome, startedAt }, dependencies)
  if (submission.state === 'waiting') await sendWorkMessage(submission, placeOf(request, submission), dependencies)
  return submission
}
