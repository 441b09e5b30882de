import { createHash } from 'node:crypto'
import type { ActionName } from '../order/action-names.ts'
import { fingerprintOf } from '../order/order-fingerprint.ts'
import type { ProfileBody } from '../order/read-body.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Settings } from '../request/settings.ts'
import type { Submission } from '../request/submission.ts'
import { initialSummary } from '../request/summary.ts'
import { traceIdOf, traceOf } from '../request/trace.ts'
import { askAheadMilliseconds, resultsWithinSeconds } from './transitions/retry-policy.ts'
import type { TransitionTimes } from './transitions/transitions.ts'

/** A validated body of one action, and the caller who sent it. */
export type Order = {
  action: ActionName
  body: ProfileBody
  caller: string
  idempotencyKey?: string
  /** The header of the caller, unchecked. */
  traceparent?: string | undefined
}

/** A request that has been divided into submissions but not stored. */
export type PlannedRequest = Omit<ProfileRequest, 'summary'>

/**
 * Plans the request for an order: its id, its size of submissions, and its first due date.
 * If the order has an Idempotency-Key, the id is derived from it, so a repeated order gets the same id.
 */
export function planRequest(
  { action, body, caller, idempotencyKey, traceparent }: Order,
  { now, settings, newId }: { now: number; settings: Settings; newId: () => string },
): PlannedRequest {
  const requestId = idempotencyKey === undefined ? newId() : requestIdOf(caller, idempotencyKey)
  const deviceCount = body.devices.length
  // If the body fits several families, the smallest limit is valid for all of them.
  const devicesPerSubmission = Math.min(...body.families.map((family) => settings.devicesPerSubmission[family]))
  // The sweep looks at every request by this date, even if all other triggers fail.
  const resultsWithin = resultsWithinSeconds(action, settings) * 1000
  const dueIn =
    settings.leaseSeconds * 1000 + resultsWithin - (deviceCount === 1 ? askAheadMilliseconds(resultsWithin) : 0)
  const generation = newId()
  return {
    requestId,
    action,
    family: body.family,
    accountName: body.accountName,
    caller,
    fingerprint: fingerprintOf(action, body),
    generation,
    traceparent: traceOf(traceparent, generation),
    fields: body.fields,
    ...(body.deviceShape === 'deviceIds' ? {} : { deviceShape: body.deviceShape }),
    deviceCount,
    devicesPerSubmission,
    createdAt: now,
    updatedAt: now,
    version: 0,
    dueAt: now + dueIn,
  }
}

/** The request as it is stored: `submitting` if its only submission has begun, `queued` if it is a bulk request. */
export function newRequest(planned: PlannedRequest, begun: Submission | undefined): ProfileRequest {
  const submissions = begun === undefined ? [] : [begun]
  const status = begun === undefined ? 'queued' : 'submitting'
  return { ...planned, summary: initialSummary(planned.deviceCount, submissions, status) }
}

/** The fields of the log line `request recorded`. */
export const recordedFields = (request: ProfileRequest) => ({
  requestId: request.requestId,
  action: request.action,
  family: request.family,
  devices: request.deviceCount,
  traceId: traceIdOf(request),
})

/** A queued submission of a request. `firstDevice` is the position of its first device and becomes its name. */
export function newSubmission(
  request: Pick<ProfileRequest, 'requestId' | 'generation' | 'deviceCount' | 'devicesPerSubmission'>,
  firstDevice: number,
  { now, settings }: TransitionTimes,
): Submission {
  return {
    requestId: request.requestId,
    generation: request.generation,
    submission: firstDevice,
    firstDevice,
    deviceCount: Math.min(request.devicesPerSubmission, request.deviceCount - firstDevice),
    state: 'queued',
    attempt: 0,
    revision: 0,
    attempts: [],
    createdAt: now,
    updatedAt: now,
    giveUpAt: now + settings.retry.maximumAgeSeconds * 1000,
    upstreamRequestIds: [],
    dueAt: now + settings.workMessageGraceSeconds * 1000,
  }
}

/** Derives a request id from a caller and its Idempotency-Key. It is a UUID of version 8 (RFC 9562: custom bits). */
export function requestIdOf(caller: string, idempotencyKey: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([caller, idempotencyKey]))
    .digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}
