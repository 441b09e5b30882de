import type { SubmissionStore } from '../request/submission-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { DueStore } from '../request/due-store.ts'
import type { ActionName } from '../order/action-names.ts'
import type { Clock } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { SubmissionState } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'

/** Criteria for submissions, from the options of an operator's command. */
export type Filter = {
  /** `awaiting-decision`: the `unconfirmed` submissions whose grace period is over. */
  state: SubmissionState | 'awaiting-decision'
  accountName?: string | undefined
  action?: ActionName | undefined
  /** Only submissions that have not changed since this time, in epoch milliseconds. */
  unchangedSince?: number | undefined
  /** Maximum number of requests. */
  limit: number
}

/** The submissions of one request that match a filter. */
export type Choice = { request: ProfileRequest; submissions: Submission[] }

export type ChooseDependencies = {
  store: Pick<RequestStore, 'listRequests' | 'getRequest'> &
    Pick<DueStore, 'listAwaitingDecision'> &
    Pick<SubmissionStore, 'listSubmissions'>
  clock: Clock
}

const pageSize = 100

/**
 * Finds the submissions that match a filter. Those that await a decision come from their own index. All others are found
 * through the requests of an account, newest first, by the counts of their stored summaries. Throws if a state other
 * than `awaiting-decision` is given without an account.
 */
export async function chooseSubmissions(filter: Filter, dependencies: ChooseDependencies): Promise<Choice[]> {
  const chosen: Choice[] = []
  for await (const request of candidates(filter, dependencies)) {
    if (filter.action !== undefined && request.action !== filter.action) continue
    if (filter.accountName !== undefined && request.accountName !== filter.accountName) continue
    const submissions = (await dependencies.store.listSubmissions(request)).filter((each) => fits(each, filter))
    if (submissions.length > 0) chosen.push({ request, submissions })
    if (chosen.length === filter.limit) break
  }
  return chosen
}

async function* candidates(
  { state, accountName, limit, unchangedSince }: Filter,
  { store }: ChooseDependencies,
): AsyncGenerator<ProfileRequest> {
  if (state === 'awaiting-decision') {
    // Several submissions can belong to one request, so the index is read beyond the limit.
    const due = await store.listAwaitingDecision(Math.min(limit * 20, 10_000))
    const ids = new Set(due.flatMap((item) => (item.kind === 'submission' ? [item.requestId] : [])))
    for (const id of ids) {
      const request = await store.getRequest(id)
      if (request !== undefined) yield request
    }
    return
  }
  if (accountName === undefined) throw new Error(`give an account to look for submissions in state ${state}`)
  const range = unchangedSince === undefined ? {} : { createdBefore: unchangedSince }
  let cursor: string | undefined
  do {
    const page = await store.listRequests(accountName, range, {
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const request of page.rows) if (request.summary.submissions[state] > 0) yield request
    cursor = page.cursor
  } while (cursor !== undefined)
}

function fits(submission: Submission, { state, unchangedSince }: Filter): boolean {
  if (unchangedSince !== undefined && submission.updatedAt > unchangedSince) return false
  return state === 'awaiting-decision' ? submission.awaitsDecision === true : submission.state === state
}
