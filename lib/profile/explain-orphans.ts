import { fittingSubmissions } from './adopt-orphan.ts'
import { pointerIdentifiers } from './identifiers.ts'
import type { Clock, Orphan, Store } from './ports.ts'
import type { RequestStatus, Submission } from './request.ts'

export type OrphanDependencies = {
  store: Pick<
    Store,
    'listOrphans' | 'getOrphan' | 'listPointers' | 'listSubmissions' | 'getRequest' | 'listResults' | 'findOwner'
  >
  clock: Clock
}

export type ExplainedOrphan = {
  orphan: Orphan
  results: number
  /** Submissions it may belong to: with exactly one it is adopted by itself, with several a person must look. */
  candidates: Submission[]
  /** The newest requests that named one of its devices, whatever their state. */
  requests: { requestId: string; status: RequestStatus }[]
}

const requestsShown = 5

/** Upstream request ids that ThingSpace calls back about and nobody knows, oldest first. */
export async function explainOrphans(limit: number, { store, clock }: OrphanDependencies): Promise<ExplainedOrphan[]> {
  const explained: ExplainedOrphan[] = []
  for (const upstreamRequestId of await store.listOrphans(limit)) {
    const orphan = await store.getOrphan(upstreamRequestId)
    if (orphan === undefined || (await store.findOwner(upstreamRequestId)) !== undefined) continue
    explained.push({
      orphan,
      results: (await store.listResults(upstreamRequestId)).length,
      candidates: (await fittingSubmissions(orphan, { store, clock })).inDoubt,
      requests: await requestsNaming(orphan, store),
    })
  }
  return explained.toSorted((a, b) => a.orphan.firstReceivedAt - b.orphan.firstReceivedAt)
}

async function requestsNaming(
  { identifiers, accountName }: Orphan,
  store: OrphanDependencies['store'],
): Promise<ExplainedOrphan['requests']> {
  const ids = new Set<string>()
  for (const identifier of pointerIdentifiers(identifiers)) {
    const { rows } = await store.listPointers(identifier, { limit: requestsShown })
    for (const pointer of rows) if (pointer.accountName === accountName) ids.add(pointer.requestId)
  }
  const requests: ExplainedOrphan['requests'] = []
  for (const requestId of [...ids].slice(0, requestsShown)) {
    const request = await store.getRequest(requestId)
    if (request !== undefined) requests.push({ requestId, status: request.fold.status })
  }
  return requests
}
