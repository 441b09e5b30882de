import type { Candidate } from '../callback/candidates.ts'
import { fittingSubmissions } from '../callback/fitting-submissions.ts'
import { type Device, type Identifier, identifierKey, lookUpKeys } from '../order/identifiers.ts'
import type { Clock } from '../ports.ts'
import type { DeviceStore } from '../request/device-link.ts'
import type { DueStore } from '../request/due-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { Orphan, ResultStore, UpstreamStore } from '../request/result-store.ts'
import type { Result } from '../request/result.ts'
import type { Settings } from '../request/settings.ts'
import type { RequestStatus } from '../request/states.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'

export type OrphanDependencies = {
  store: Pick<DueStore, 'listOrphans'> &
    Pick<UpstreamStore, 'getOrphan' | 'findUpstreamLink'> &
    Pick<ResultStore, 'listResults'> &
    Pick<DeviceStore, 'listLinks'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<RequestStore, 'getRequest' | 'getDevices'>
  clock: Clock
  settings: Settings
}

/** An orphan and the submissions it may belong to, for operators. */
export type ExplainedOrphan = {
  orphan: Orphan
  /** The identifiers that its results name, at most 20. */
  identifiers: Device
  /** Number of results. */
  results: number
  /** Submissions with an unknown attempt that it may belong to. */
  candidates: Submission[]
  /** Whether the sweep will adopt it. If not, an operator must decide. */
  isAdoptable: boolean
  /** The newest requests that named one of its devices, in any state, at most five. */
  requests: { requestId: string; status: RequestStatus }[]
}

const requestsShown = 5
const identifiersShown = 20

/** Lists upstream request ids that have callbacks but no submission, oldest first. Changes nothing. */
export async function explainOrphans(limit: number, dependencies: OrphanDependencies): Promise<ExplainedOrphan[]> {
  const { store } = dependencies
  const explained: ExplainedOrphan[] = []
  for (const upstream of await store.listOrphans(limit)) {
    const orphan = await store.getOrphan(upstream)
    if (orphan === undefined || (await store.findUpstreamLink(upstream)) !== undefined) continue
    const results = await store.listResults(upstream)
    const identifiers = namedBy(results)
    const fitting = await fittingSubmissions(orphan, { results }, dependencies)
    explained.push({
      orphan,
      identifiers,
      results: results.length,
      candidates: [...fitting.unconfirmed, ...fitting.possible].map(({ submission }: Candidate) => submission),
      isAdoptable: fitting.unconfirmed.length === 1 && fitting.underWay.length === 0,
      requests: await requestsNaming(identifiers, orphan, store),
    })
  }
  return explained.toSorted((a, b) => a.orphan.firstReceivedAt - b.orphan.firstReceivedAt)
}

function namedBy(results: readonly Result[]): Identifier[] {
  const named = new Map(results.flatMap(({ identifiers }) => identifiers.map((each) => [identifierKey(each), each])))
  return [...named.values()].slice(0, identifiersShown)
}

async function requestsNaming(
  identifiers: Device,
  { accountName }: Orphan,
  store: OrphanDependencies['store'],
): Promise<ExplainedOrphan['requests']> {
  const generations = new Map<string, string>()
  for (const key of lookUpKeys(identifiers)) {
    const { rows } = await store.listLinks(key, { limit: requestsShown })
    for (const link of rows) {
      if (link.accountName === accountName && !generations.has(link.requestId)) {
        generations.set(link.requestId, link.generation)
      }
    }
  }
  const requests: ExplainedOrphan['requests'] = []
  for (const [requestId, generation] of [...generations].slice(0, requestsShown)) {
    const request = await store.getRequest(requestId)
    if (request?.generation === generation) requests.push({ requestId, status: request.summary.status })
  }
  return requests
}
