import { type ActOutcome, type AuditTrail, audited } from '../audit/audit-trail.ts'
import type { BodyFinding } from '../order/body-faults.ts'
import type { ProfileBody } from '../order/read-body.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import { type Admission, type AdmissionReason, type Admit, servicesOf } from '../submission/admission.ts'
import { planRequest, requestIdOf } from '../submission/new-request.ts'
import { storeForWorker, type StoreForWorkerDependencies } from '../submission/store-for-worker.ts'
import type { Candidate } from './candidate.ts'
import { chooseDevices, type ReorderFilter } from './choose-devices.ts'
import type { ReadDevicesDependencies } from './known-devices.ts'
import { markSubmissions } from './mark-submissions.ts'
import { bodyOf, reorderFingerprint } from './order-of-devices.ts'

export type ReorderDependencies = ReadDevicesDependencies &
  StoreForWorkerDependencies & {
    store: Pick<RequestStore, 'linkReorder'> & Pick<SubmissionStore, 'saveSubmission'>
    /** Whether results of the account can arrive here. */
    admit: Admit
    audit: AuditTrail
    newId: () => string
  }

export type ReorderCall = {
  filter: ReorderFilter
  caller: string
  idempotencyKey?: string | undefined
  /** The header of the caller, unchecked. */
  traceparent?: string | undefined
}

export type Reordering =
  | { kind: 'accepted'; request: ProfileRequest; candidates: Candidate[]; admission: Admission }
  | { kind: 'replayed'; request: ProfileRequest; submissions: Submission[] }
  /** The Idempotency-Key belongs to `request`, which is another order. */
  | { kind: 'key-reused'; request: ProfileRequest }
  | { kind: 'nothing-to-reorder'; candidates: Candidate[] }
  /** The order would not be valid any more. */
  | { kind: 'invalid'; faults: BodyFinding[]; count: number }
  /** Nothing was stored or sent, because results of the account do not arrive here. */
  | { kind: 'not-served'; reason: AdmissionReason }
  /** Other calls changed its submissions in every round. */
  | { kind: 'contended' }

type Wanted = ReorderCall & { reorderId: string; fingerprint: string }
type Plan = { kind: 'ready'; candidates: Candidate[]; chosen: Candidate[]; body: ProfileBody }

/** Each lost round means that another call has changed a submission meanwhile. */
const rounds = 5

/** Most links of the old request. They bound the size of its item; the marks still prevent a second order. */
const mostLinks = 100

/**
 * Orders failed devices of a request again, as a new request. An order for an account that is not served is refused, and
 * a repeat of a stored order is not checked again. The audit records it, unless nothing can be ordered. Throws if the
 * request could not be recorded.
 */
export async function reorderRequest(
  request: ProfileRequest,
  call: ReorderCall,
  dependencies: ReorderDependencies,
): Promise<Reordering> {
  const { store, newId, admit, audit } = dependencies
  const { filter, caller, idempotencyKey } = call
  const reorderId = idempotencyKey === undefined ? newId() : requestIdOf(caller, idempotencyKey)
  const wanted = { ...call, reorderId, fingerprint: reorderFingerprint(request, filter) }
  const earlier = idempotencyKey === undefined ? undefined : await store.getRequest(reorderId)
  if (earlier !== undefined) return replay(earlier, wanted, dependencies)
  const plan = await planReorder(request, wanted, dependencies)
  if (plan.kind !== 'ready') return plan
  const { requestId, action, accountName } = request
  const admission = await admit({ accountName, services: servicesOf(action, plan.body) })
  if (admission.kind === 'refused') return { kind: 'not-served', reason: admission.reason }
  const detail = { reorderId, acceptRisk: filter.acceptRisk }
  return audited(
    audit,
    { act: 'request.reorder', actor: caller, accountName, subject: requestId, detail },
    { effect: () => orderAgain(request, { wanted, plan, admission }, dependencies), outcomeOf },
  )
}

/**
 * First marks the submissions with the id of the new request. Of two reorders, or of a reorder and a retry, only one gets
 * a submission. Then links the old request and stores the new one, which a worker sends. After a crash in between, a
 * repeat with the same Idempotency-Key continues. Without one, the marks count for nothing after a minute.
 */
async function orderAgain(
  request: ProfileRequest,
  { wanted, plan: first, admission }: { wanted: Wanted; plan: Plan; admission: Admission },
  dependencies: ReorderDependencies,
): Promise<Reordering> {
  const { store, log } = dependencies
  const { reorderId, fingerprint, caller, traceparent } = wanted
  for (let round = 0; round < rounds; round += 1) {
    const plan = round === 0 ? first : await planReorder(request, wanted, dependencies)
    if (plan.kind !== 'ready') return plan
    if (!(await markSubmissions(plan.chosen, reorderId, dependencies))) continue
    if ((request.reorderedBy?.length ?? 0) < mostLinks) await store.linkReorder(request, reorderId)
    const order = { action: request.action, body: plan.body, caller, traceparent }
    const planned = planRequest(order, { ...dependencies, now: dependencies.clock() })
    const creation = await storeForWorker(
      {
        planned: { ...planned, requestId: reorderId, fingerprint, reorderOf: request.requestId },
        devices: plan.body.devices,
      },
      dependencies,
    )
    if (creation.kind === 'exists') return replay(creation.request, wanted, dependencies)
    log.info('devices ordered again', {
      requestId: reorderId,
      reorderOf: request.requestId,
      devices: plan.chosen.length,
    })
    return { kind: 'accepted', request: creation.request, candidates: plan.candidates, admission }
  }
  return { kind: 'contended' }
}

async function planReorder(
  request: ProfileRequest,
  { filter, reorderId }: Wanted,
  dependencies: ReorderDependencies,
): Promise<Plan | Extract<Reordering, { kind: 'nothing-to-reorder' | 'invalid' }>> {
  const candidates = await chooseDevices(request, { filter, reorderId }, dependencies)
  const chosen = candidates.filter(({ why }) => why === undefined)
  if (chosen.length === 0) return { kind: 'nothing-to-reorder', candidates }
  const reading = bodyOf(request, chosen)
  return reading.kind === 'invalid' ? reading : { kind: 'ready', candidates, chosen, body: reading.body }
}

async function replay(
  existing: ProfileRequest,
  { fingerprint }: Wanted,
  { store, log }: ReorderDependencies,
): Promise<Reordering> {
  if (existing.fingerprint !== fingerprint) return { kind: 'key-reused', request: existing }
  log.info('request replayed', { requestId: existing.requestId })
  return { kind: 'replayed', request: existing, submissions: await store.listSubmissions(existing) }
}

/** The effect of a reorder as the audit records it. */
function outcomeOf(reordering: Reordering): ActOutcome {
  switch (reordering.kind) {
    case 'accepted':
      return { result: 'done', detail: { devices: reordering.request.deviceCount } }
    case 'contended':
      return { result: 'failed', detail: { error: 'contended' } }
    case 'replayed':
    case 'key-reused':
    case 'nothing-to-reorder':
    case 'invalid':
    case 'not-served':
      return { result: 'nothing-done' }
  }
}
