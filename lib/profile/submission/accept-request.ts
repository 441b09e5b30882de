import type { DeviceStore } from '../request/device-link.ts'
import { inlineManifestBytes, partsOf } from '../request/manifest.ts'
import type { RequestStore } from '../request/request-store.ts'
import { type ProfileRequest, submissionCountOf } from '../request/request.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import { type Admission, type AdmissionReason, type Admit, servicesOf } from './admission.ts'
import { beginAttempt } from './attempt-transitions.ts'
import { linkDevices } from './device-links.ts'
import { type ForwardDependencies, forwardSubmission } from './forward-submission.ts'
import {
  newRequest,
  newSubmission,
  recordedFields,
  type Order,
  type PlannedRequest,
  planRequest,
} from './new-request.ts'
import { sendPartMessages } from './send-work-messages.ts'

export type AcceptDependencies = Omit<ForwardDependencies, 'store'> & {
  store: Pick<RequestStore, 'createRequest' | 'getRequest'> &
    Pick<SubmissionStore, 'listSubmissions' | 'saveSubmission' | 'saveAccepted' | 'saveSplit'> &
    Pick<DeviceStore, 'writeLinks'>
  newId: () => string
  /** Whether results of the account can arrive here. */
  admit: Admit
}

export type Acceptance =
  | { kind: 'accepted' | 'replayed'; request: ProfileRequest; submissions: Submission[]; admission?: Admission }
  /** The Idempotency-Key belongs to `request`, whose body differs. */
  | { kind: 'key-reused'; request: ProfileRequest }
  /** Nothing was stored or sent, because results of the account do not arrive here. */
  | { kind: 'not-served'; reason: AdmissionReason }

/**
 * Stores a request and, if it fits into one submission, sends it to ThingSpace. Workers send larger requests.
 * The write happens before the POST, so an accepted request survives a crash. The request id is derived from the
 * caller and the Idempotency-Key, so the conditional write also detects repeated orders.
 * An order for an account that is not served is refused before it has any effect. A repeat of a stored order is not
 * checked again. Throws only if the request could not be stored.
 */
export async function acceptRequest(order: Order, dependencies: AcceptDependencies): Promise<Acceptance> {
  const { store, settings, clock, newId, log, admit } = dependencies
  const { devices } = order.body
  const parts = partsOf(devices)
  const [manifest] = parts
  const isInline = manifest !== undefined && manifest.byteLength <= inlineManifestBytes
  const planned = planRequest(order, { now: clock(), settings, newId })
  const { requestId } = planned
  // Look for a replay before writing links: the devices of another body must not get links to the stored request.
  const earlier = order.idempotencyKey === undefined ? undefined : await store.getRequest(requestId)
  if (earlier !== undefined) return replay(planned, earlier, dependencies)
  const admission = await admit({
    accountName: order.body.accountName,
    services: servicesOf(order.action, order.body),
  })
  if (admission.kind === 'refused') return { kind: 'not-served', reason: admission.reason }

  const single = submissionCountOf(planned) === 1 ? newSubmission(planned, 0, { now: clock(), settings }) : undefined
  if (single !== undefined) await linkDevices({ request: planned, firstDevice: 0, devices }, store)
  const begun = single === undefined ? undefined : beginAttempt(single, newId(), { now: clock(), settings })
  const request = newRequest(isInline ? { ...planned, manifest } : planned, begun)
  const creation = await store.createRequest({
    request,
    parts: isInline ? [] : parts,
    ...(begun === undefined ? {} : { submission: begun }),
  })
  if (creation.kind === 'exists') return replay(planned, creation.request, dependencies)
  log.info('request recorded', recordedFields(request))

  if (begun === undefined) {
    await sendPartMessages(request, [...parts.keys()], dependencies)
    return { kind: 'accepted', request, submissions: [], admission }
  }
  try {
    const submission = await forwardSubmission({ begun, request, devices }, dependencies)
    return { kind: 'accepted', request, submissions: [submission], admission }
  } catch (error) {
    // The request is stored, so the answer is 202. When the lease of this attempt expires, the sweep continues.
    log.error('outcome of the first attempt not stored', { requestId, error })
    return { kind: 'accepted', request, submissions: [begun], admission }
  }
}

/** Answers an order whose request id exists: a replay if both bodies are the same, else a reused key. */
async function replay(
  wanted: PlannedRequest,
  existing: ProfileRequest,
  { store, log }: AcceptDependencies,
): Promise<Acceptance> {
  if (existing.fingerprint !== wanted.fingerprint) return { kind: 'key-reused', request: existing }
  log.info('request replayed', { requestId: existing.requestId })
  return { kind: 'replayed', request: existing, submissions: await store.listSubmissions(existing) }
}
