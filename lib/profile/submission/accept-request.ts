import type { FlowControl, Permit } from '../flow-control/flow-control.ts'
import type { ProfileBody } from '../order/read-body.ts'
import type { DeviceStore } from '../request/device-link.ts'
import { manifestOf } from '../request/manifest.ts'
import type { RequestStore } from '../request/request-store.ts'
import { type ProfileRequest, submissionCountOf } from '../request/request.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import { type Admission, type AdmissionReason, type Admit, servicesOf } from './admission.ts'
import { beginAttempt } from './transitions/attempt-transitions.ts'
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
import { storeForWorker } from './store-for-worker.ts'

export type AcceptDependencies = Omit<ForwardDependencies, 'store'> & {
  store: Pick<RequestStore, 'createRequest' | 'getRequest'> &
    Pick<SubmissionStore, 'listSubmissions' | 'saveSubmission' | 'saveAccepted' | 'saveSplit'> &
    Pick<DeviceStore, 'writeLinks'>
  newId: () => string
  /** Whether results of the account can arrive here. */
  admit: Admit
  flow: FlowControl
}

export type Acceptance =
  | { kind: 'accepted' | 'replayed'; request: ProfileRequest; submissions: Submission[]; admission?: Admission }
  /** The Idempotency-Key belongs to `request`, whose body differs. */
  | { kind: 'key-reused'; request: ProfileRequest }
  /** Nothing was stored or sent, because results of the account do not arrive here. */
  | { kind: 'not-served'; reason: AdmissionReason }

/**
 * Stores a request and, if it fits into one submission and ThingSpace takes calls, sends it to ThingSpace. Workers send
 * all others.
 * The write happens before the POST, so an accepted request survives a crash. The request id is derived from the
 * caller and the Idempotency-Key, so the conditional write also detects repeated orders.
 * An order for an account that is not served is refused before it has any effect. A repeat of a stored order is not
 * checked again. Throws only if the request could not be stored.
 */
export async function acceptRequest(order: Order, dependencies: AcceptDependencies): Promise<Acceptance> {
  const { store, settings, clock, newId, admit, flow } = dependencies
  const planned = planRequest(order, { now: clock(), settings, newId })
  // Look for a replay before writing links: the devices of another body must not get links to the stored request.
  const earlier = order.idempotencyKey === undefined ? undefined : await store.getRequest(planned.requestId)
  if (earlier !== undefined) return replay(planned, earlier, dependencies)
  const { accountName } = planned
  const ask = async () =>
    submissionCountOf(planned) === 1 ? flow.ask({ accountName, lane: 'single', mayProbe: false }) : undefined
  // Both may read the table, so they do it at the same time. A turn cannot be given back, so a refused order takes none.
  const hasTurns = settings.callsPerMinute > 0
  const [admission, early] = await Promise.all([
    admit({ accountName, services: servicesOf(order.action, order.body) }),
    hasTurns ? undefined : ask(),
  ])
  const permit = hasTurns && admission.kind !== 'refused' ? await ask() : early
  try {
    if (admission.kind === 'refused') return { kind: 'not-served', reason: admission.reason }
    return permit?.kind === 'go'
      ? await acceptAndForward({ planned, devices: order.body.devices, admission, permit }, dependencies)
      : await acceptForWorker({ planned, devices: order.body.devices, admission }, dependencies)
  } finally {
    if (permit?.kind === 'go') await permit.release()
  }
}

type Accepting = { planned: PlannedRequest; devices: ProfileBody['devices']; admission: Admission }

/** Stores a request of one submission with its first attempt, and makes the attempt. */
async function acceptAndForward(
  { planned, devices, admission, permit }: Accepting & { permit: Permit },
  dependencies: AcceptDependencies,
): Promise<Acceptance> {
  const { store, settings, clock, newId, log } = dependencies
  const single = newSubmission(planned, 0, { now: clock(), settings })
  await linkDevices({ request: planned, firstDevice: 0, devices }, store)
  const begun = beginAttempt(single, newId(), { now: clock(), settings })
  const { own, parts } = manifestOf(devices)
  const request = newRequest({ ...planned, ...own }, begun)
  const creation = await store.createRequest({ request, parts, submission: begun })
  if (creation.kind === 'exists') return replay(planned, creation.request, dependencies)
  log.info('request recorded', recordedFields(request))
  try {
    const submission = await forwardSubmission({ begun, request, devices, permit }, dependencies)
    return { kind: 'accepted', request, submissions: [submission], admission }
  } catch (error) {
    // The request is stored, so the answer is 202. When the lease of this attempt expires, the sweep continues.
    log.error('outcome of the first attempt not stored', { requestId: planned.requestId, error })
    return { kind: 'accepted', request, submissions: [begun], admission }
  }
}

/** Stores a request of several submissions, or one for which ThingSpace takes no call now. Workers send it. */
async function acceptForWorker(
  { planned, devices, admission }: Accepting,
  dependencies: AcceptDependencies,
): Promise<Acceptance> {
  const stored = await storeForWorker({ planned, devices }, dependencies)
  return stored.kind === 'exists'
    ? replay(planned, stored.request, dependencies)
    : { kind: 'accepted', request: stored.request, submissions: [], admission }
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
