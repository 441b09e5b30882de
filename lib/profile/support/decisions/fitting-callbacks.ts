import { inParallel } from '../../../parallel.ts'
import type { Candidate } from '../../callback/candidates.ts'
import { type FitDependencies, fittingSubmissions } from '../../callback/fitting-submissions.ts'
import { actions } from '../../order/actions.ts'
import type { Device } from '../../order/identifiers.ts'
import type { Orphan, ResultStore, UpstreamStore } from '../../request/result-store.ts'

export type FittingDependencies = FitDependencies & {
  store: FitDependencies['store'] &
    Pick<UpstreamStore, 'listOrphansOf' | 'getOrphan' | 'findUpstreamLink'> &
    Pick<ResultStore, 'listResults'>
}

/** Callbacks under an upstream request id that no submission is known to have, and that may be about a submission. */
export type FittingCallback = {
  orphan: Orphan
  /** Number of results. */
  results: number
  /** Whether the sweep or `/retry` will adopt it, because it fits only this submission. */
  isAdoptable: boolean
  /** Number of submissions that it fits, with this one. */
  candidates: number
}

/** `isComplete`: every device was looked up, as `/retry` does. */
export type Fits = { callbacks: FittingCallback[]; isComplete: boolean }

const mostCallbacks = 10

/**
 * Finds what `/retry` would find before it sends a submission: callbacks that may be about it. Looks up at most
 * `mostDevices` of its devices. Changes nothing.
 */
export async function findFits(
  candidate: Candidate,
  { devices, mostDevices }: { devices: Device[]; mostDevices: number },
  dependencies: FittingDependencies,
): Promise<Fits> {
  const { request, submission } = candidate
  // A repeat does no harm, so `/retry` does not look either.
  if (actions[request.action].repeatable) return { callbacks: [], isComplete: true }
  const { store } = dependencies
  const ids = new Set<string>()
  await inParallel(devices.slice(0, mostDevices), async (device) => {
    for (const id of await store.listOrphansOf(request.accountName, device)) ids.add(id)
  })
  const callbacks: FittingCallback[] = []
  for (const upstreamRequestId of [...ids].slice(0, mostCallbacks)) {
    const upstream = { accountName: request.accountName, upstreamRequestId }
    const orphan = await store.getOrphan(upstream)
    if (orphan === undefined || (await store.findUpstreamLink(upstream)) !== undefined) continue
    const results = await store.listResults(upstream)
    const also = { ...request, position: submission.firstDevice }
    const { unconfirmed, possible, underWay } = await fittingSubmissions(orphan, { results, also }, dependencies)
    const fitting = [...unconfirmed, ...possible]
    if (!fitting.some((each) => isSame(each, candidate))) continue
    callbacks.push({
      orphan,
      results: results.length,
      isAdoptable: unconfirmed.length === 1 && underWay.length === 0,
      candidates: fitting.length + underWay.length,
    })
  }
  return { callbacks, isComplete: devices.length <= mostDevices && ids.size <= mostCallbacks }
}

const isSame = (one: Candidate, other: Candidate): boolean =>
  one.request.requestId === other.request.requestId && one.submission.submission === other.submission.submission
