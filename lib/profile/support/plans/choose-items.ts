import type { ActionName } from '../../order/action-names.ts'
import type { DecisionStore } from '../../request/due-store.ts'
import type { ProfileRequest } from '../../request/request.ts'
import type { RequestStore } from '../../request/request-store.ts'
import type { SubmissionStore } from '../../request/submission-store.ts'
import type { Submission } from '../../request/submission.ts'
import { mayBeRetried } from '../../decision/allowed-decisions.ts'
import type { Answer } from '../decisions/preview-answers.ts'
import { listWaiting } from '../decisions/list-decisions.ts'
import { mostItems, type PlanItem } from './frozen-plan.ts'

export type ChooseItemsDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'listRequests'> &
    Pick<SubmissionStore, 'getSubmission' | 'listSubmissions'> &
    DecisionStore
}

export type PlanFilter = {
  accountName: string
  state: 'awaiting-decision' | 'rejected' | 'exhausted'
  action?: ActionName | undefined
  /** Only submissions that have not changed since, in epoch milliseconds. */
  before?: number | undefined
}

/** `isComplete`: everything that matches was found. If not, a further plan finds the rest after this one was done. */
export type ChosenItems = { items: PlanItem[]; isComplete: boolean }

/** Calls of listWaiting, each of 500 entries, and pages of 100 requests. */
const mostRounds = 10

/** Finds the submissions that match a filter and that the answer would change: longest waiting, or newest request, first. */
export async function chooseByFilter(
  filter: PlanFilter,
  answer: Answer,
  { store }: ChooseItemsDependencies,
): Promise<ChosenItems> {
  const items: PlanItem[] = []
  const fits = (request: ProfileRequest, submission: Submission) =>
    request.accountName === filter.accountName &&
    (filter.action === undefined || request.action === filter.action) &&
    (filter.before === undefined || submission.updatedAt < filter.before) &&
    isAnswerable(request, submission, answer)
  let cursor: string | undefined
  for (let round = 0; round < mostRounds; round += 1) {
    const page: { rows: { request: ProfileRequest; submission: Submission }[]; cursor?: string } =
      filter.state === 'awaiting-decision'
        ? await listWaiting(fits, { limit: mostItems - items.length, cursor }, { store })
        : await listFailed(filter, { fits, cursor }, store)
    for (const { request, submission } of page.rows) {
      if (items.length === mostItems) return { items, isComplete: false }
      items.push(itemOf(request, submission))
    }
    cursor = page.cursor
    if (cursor === undefined) return { items, isComplete: true }
    if (items.length === mostItems) break
  }
  return { items, isComplete: false }
}

/** The rejected or exhausted submissions of a page of an account's requests. */
async function listFailed(
  { accountName, state }: PlanFilter,
  { fits, cursor }: { fits: (request: ProfileRequest, submission: Submission) => boolean; cursor: string | undefined },
  store: ChooseItemsDependencies['store'],
) {
  const page = await store.listRequests(accountName, {}, { limit: 100, ...(cursor === undefined ? {} : { cursor }) })
  const rows: { request: ProfileRequest; submission: Submission }[] = []
  for (const request of page.rows) {
    if (state === 'awaiting-decision' || request.summary.submissions[state] === 0) continue
    for (const submission of await store.listSubmissions(request)) {
      if (submission.state === state && fits(request, submission)) rows.push({ request, submission })
    }
  }
  return { rows, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) }
}

/** Finds named submissions. Leaves out those that do not exist, are not `allowed`, or would not be changed. */
export async function chooseByName(
  named: readonly { requestId: string; submission: number }[],
  { answer, allowed }: { answer: Answer; allowed: (accountName: string) => boolean },
  { store }: ChooseItemsDependencies,
): Promise<ChosenItems> {
  const items: PlanItem[] = []
  const byRequest = Map.groupBy(named, ({ requestId }) => requestId.toLowerCase())
  for (const [requestId, own] of byRequest) {
    const request = await store.getRequest(requestId)
    if (request === undefined || !allowed(request.accountName)) continue
    for (const name of new Set(own.map(({ submission }) => submission))) {
      const submission = await store.getSubmission(request, name)
      if (submission !== undefined && isAnswerable(request, submission, answer)) items.push(itemOf(request, submission))
    }
  }
  return { items, isComplete: true }
}

const isAnswerable = ({ cancelledAt }: ProfileRequest, submission: Submission, answer: Answer): boolean =>
  answer === 'abandon' ? submission.state === 'unconfirmed' : cancelledAt === undefined && mayBeRetried(submission)

const itemOf = ({ accountName, action }: ProfileRequest, submission: Submission): PlanItem => ({
  requestId: submission.requestId,
  generation: submission.generation,
  submission: submission.submission,
  accountName,
  action,
  deviceCount: submission.deviceCount,
  state: submission.state,
  attempt: submission.attempt,
  revision: submission.revision,
})
