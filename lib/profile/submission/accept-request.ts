import type { SubmissionStore } from '../request/submission-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import { createHash } from 'node:crypto'
import type { ActionName } from '../order/action-names.ts'
import { writeLinks } from './device-links.ts'
import { type ProfileRequest, submissionCountOf } from '../request/request.ts'
import type { Settings } from '../request/settings.ts'
import type { Submission } from '../request/submission.ts'
import { initialSummary } from '../request/summary.ts'
import { aheadOf, resultsWithinSeconds } from './retry-policy.ts'
import { forwardSubmission, type ForwardDependencies } from './forward-submission.ts'
import { inlineManifestBytes, partsOf } from '../request/manifest.ts'
import { fingerprintOf } from '../order/order-fingerprint.ts'
import type { ProfileBody } from '../order/read-body.ts'
import { beginAttempt } from './attempt-transitions.ts'

export type AcceptDependencies = ForwardDependencies & {
  store: ForwardDependencies['store'] &
    Pick<RequestStore, 'createRequest' | 'getRequest'> &
    Pick<SubmissionStore, 'listSubmissions'>
  newId: () => string
}

/** A validated body of one action, and who sent it. */
export type Order = { action: ActionName; body: ProfileBody; caller: string; idempotencyKey?: string }

export type Acceptance =
  | { kind: 'accepted' | 'replayed'; request: ProfileRequest; submissions: Submission[] }
  | { kind: 'key-reused'; request: ProfileRequest }

/**
 * Records an order, then forwards it if one submission is enough; a bulk order is left to the queue.
 *
 * The record comes before the POST: what is accepted survives any crash behind it. The request id is derived from caller
 * and Idempotency-Key, so the conditional write of the request is the check for repeats. Throws only when it cannot store.
 */
export async function acceptRequest(order: Order, dependencies: AcceptDependencies): Promise<Acceptance> {
  const { store, settings, clock, newId, log } = dependencies
  const parts = partsOf(order.body.devices)
  const [manifest] = parts
  const isInline = manifest !== undefined && manifest.byteLength <= inlineManifestBytes
  const request = newRequest(order, { now: clock(), settings, newId })
  const { requestId, deviceCount } = request
  // Links must not lead from devices of another body to a request that is there already.
  const earlier = order.idempotencyKey === undefined ? undefined : await store.getRequest(requestId)
  if (earlier !== undefined) return repeatOf(request, earlier, dependencies)
  const single = submissionCountOf(request) === 1 ? newSubmission(request, 0, clock(), settings) : undefined
  if (single !== undefined) await writeLinks(request, single, order.body.devices, store)
  const begun = single === undefined ? undefined : beginAttempt(single, newId(), { now: clock(), settings })
  const recorded: ProfileRequest = {
    ...request,
    ...(isInline ? { manifest } : {}),
    summary: initialSummary(
      deviceCount,
      begun === undefined ? [] : [begun],
      begun === undefined ? 'queued' : 'submitting',
    ),
  }

  const creation = await store.createRequest({
    request: recorded,
    parts: isInline ? [] : parts,
    ...(begun === undefined ? {} : { submission: begun }),
  })
  if (creation.kind === 'exists') return repeatOf(recorded, creation.request, dependencies)
  log.info('request recorded', { requestId, action: order.action, family: order.body.family, devices: deviceCount })

  if (begun === undefined) {
    await sendParts(recorded, parts.length, dependencies)
    return { kind: 'accepted', request: recorded, submissions: [] }
  }
  try {
    const submission = await forwardSubmission(begun, recorded, order.body.devices, dependencies)
    return { kind: 'accepted', request: recorded, submissions: [submission] }
  } catch (error) {
    // The request is stored, so the answer is 202. When the lease of this attempt expires, the sweep continues.
    log.error('outcome of the first attempt not stored', { requestId, error })
    return { kind: 'accepted', request: recorded, submissions: [begun] }
  }
}

/** A planned submission of a request, not begun. */
export function newSubmission(
  request: ProfileRequest,
  firstDevice: number,
  now: number,
  settings: Settings,
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

/** Sends work messages to manifest parts. A failure is not passed on: the request is due, and the sweep sends them again. */
export async function sendParts(
  { requestId }: Pick<ProfileRequest, 'requestId'>,
  partCount: number,
  { queue, log }: Pick<ForwardDependencies, 'queue' | 'log'>,
  wanted: (part: number) => boolean = () => true,
): Promise<void> {
  const parts = Array.from({ length: partCount }, (_, part) => part).filter(wanted)
  try {
    await queue.send(parts.map((part) => ({ message: { kind: 'part', requestId, part }, delaySeconds: 0 })))
  } catch (error) {
    log.error('work messages to parts not sent', { requestId, error })
  }
}

function newRequest(
  { action, body, caller, idempotencyKey }: Order,
  { now, settings, newId }: { now: number; settings: Settings; newId: () => string },
): ProfileRequest {
  const requestId = idempotencyKey === undefined ? newId() : derivedId(caller, idempotencyKey)
  const deviceCount = body.devices.length
  // Where Verizon's sources do not tell the families apart, the smallest limit suits them all.
  const devicesPerSubmission = Math.min(...body.families.map((family) => settings.devicesPerSubmission[family]))
  const bulk = deviceCount > devicesPerSubmission
  // The safety net of the request as a whole: even if nothing else ever looks at it, the sweep does.
  const resultsWithin = resultsWithinSeconds(action, settings) * 1000
  const dueIn = bulk
    ? settings.workMessageGraceSeconds * 1000
    : settings.leaseSeconds * 1000 + resultsWithin - (deviceCount === 1 ? aheadOf(resultsWithin) : 0)
  return {
    requestId,
    action,
    family: body.family,
    accountName: body.accountName,
    caller,
    fingerprint: fingerprintOf(action, body),
    generation: newId(),
    fields: body.fields,
    ...(body.deviceShape === 'deviceIds' ? {} : { deviceShape: body.deviceShape }),
    deviceCount,
    devicesPerSubmission,
    createdAt: now,
    updatedAt: now,
    version: 0,
    summary: initialSummary(deviceCount, [], 'queued'),
    dueAt: now + dueIn,
  }
}

async function repeatOf(
  wanted: ProfileRequest,
  existing: ProfileRequest,
  { store, log }: AcceptDependencies,
): Promise<Acceptance> {
  if (existing.fingerprint !== wanted.fingerprint) return { kind: 'key-reused', request: existing }
  log.info('request replayed', { requestId: existing.requestId })
  return { kind: 'replayed', request: existing, submissions: await store.listSubmissions(existing) }
}

/** One id for one caller's key, shaped like the random ids (a UUID of version 8, whose bits are the maker's own). */
function derivedId(caller: string, idempotencyKey: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([caller, idempotencyKey]))
    .digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}
