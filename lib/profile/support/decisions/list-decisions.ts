import { inBatches, inParallel } from '../../../parallel.ts'
import type { Device } from '../../order/identifiers.ts'
import type { Page } from '../../ports.ts'
import type { DecisionEntry, DecisionStore } from '../../request/due-store.ts'
import type { ProfileRequest } from '../../request/request.ts'
import type { RequestStore } from '../../request/request-store.ts'
import type { SubmissionStore } from '../../request/submission-store.ts'
import type { Submission } from '../../request/submission.ts'
import { findFits, type Fits, type FittingDependencies } from './fitting-callbacks.ts'
import { type AnswerPreview, previewAnswers } from './preview-answers.ts'

export type ListDecisionsDependencies = FittingDependencies & {
  store: FittingDependencies['store'] &
    DecisionStore &
    Pick<SubmissionStore, 'getSubmission' | 'listSubmissions'> &
    Pick<RequestStore, 'getRequest' | 'getDevices'>
}

type WaitingStore = DecisionStore & Pick<SubmissionStore, 'getSubmission'> & Pick<RequestStore, 'getRequest'>

/** A submission that waits for a decision. */
export type Waiting = { request: ProfileRequest; submission: Submission }

/** The same with what a person needs to decide. */
export type OpenDecision = Waiting & { devices: Device[]; fits: Fits; answers: AnswerPreview[] }

/** Which submissions to list. */
export type DecisionFilter = (request: ProfileRequest, submission: Submission) => boolean

/** The most entries of the index that one page compares. All accounts share the index. */
const mostCompared = 500
/** Devices of one page that are looked up in the callbacks. Each takes a few queries. */
const mostDevices = 500

/**
 * Lists submissions that wait for a decision, longest waiting first. A page with fewer rows than its limit still has a
 * cursor if more may follow, because one call compares at most 500 entries of all accounts.
 */
export async function listWaiting(
  filter: DecisionFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  { store }: { store: WaitingStore },
): Promise<Page<Waiting>> {
  const rows: Waiting[] = []
  let position = cursor
  for (let compared = 0; compared < mostCompared;) {
    const page = await store.listDecisions({ limit: 100, ...(position === undefined ? {} : { cursor: position }) })
    const read = await readEntries(page.rows, filter, store)
    for (const entry of page.rows) {
      compared += 1
      position = entry.position
      const waiting = read.get(entry.position)
      if (waiting === undefined) continue
      rows.push(waiting)
      if (rows.length >= limit) return { rows, cursor: position }
    }
    if (page.cursor === undefined) return { rows }
  }
  return { rows, ...(position === undefined ? {} : { cursor: position }) }
}

async function readEntries(
  entries: readonly DecisionEntry[],
  filter: DecisionFilter,
  store: WaitingStore,
): Promise<Map<string, Waiting>> {
  const found = new Map<string, Waiting>()
  const ofRequests = [...Map.groupBy(entries, ({ requestId }) => requestId)]
  await inParallel(ofRequests, async ([requestId, own]) => {
    const request = await store.getRequest(requestId)
    if (request === undefined) return
    for (const batch of inBatches(own, 10)) {
      await inParallel(batch, async (entry) => {
        if (request.generation !== entry.generation) return
        const submission = await store.getSubmission(entry, entry.submission)
        // The index is a moment behind, so it may still list a submission that no longer waits.
        if (submission?.awaitsDecision !== true || !filter(request, submission)) return
        found.set(entry.position, { request, submission })
      })
    }
  })
  return found
}

/** Explains submissions that wait: what may be about them, and what each answer would do. */
export async function explainWaiting(
  rows: readonly Waiting[],
  dependencies: ListDecisionsDependencies,
): Promise<OpenDecision[]> {
  const { store } = dependencies
  let left = mostDevices
  const explained: OpenDecision[] = []
  const submissionsOf = new Map<string, Submission[]>()
  for (const { request, submission } of rows) {
    const { requestId } = request
    const all = submissionsOf.get(requestId) ?? (await store.listSubmissions(request))
    submissionsOf.set(requestId, all)
    const devices = await store.getDevices(request, submission.firstDevice, submission.deviceCount)
    const fits = await findFits({ request, submission }, { devices, mostDevices: left }, dependencies)
    left = Math.max(0, left - devices.length)
    explained.push({
      request,
      submission,
      devices,
      fits,
      answers: previewAnswers({ request, submission }, { all, fits }),
    })
  }
  return explained
}
