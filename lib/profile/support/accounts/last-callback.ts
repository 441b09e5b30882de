import type { RequestStore } from '../../request/request-store.ts'
import type { ResultStore } from '../../request/result-store.ts'
import type { SubmissionStore } from '../../request/submission-store.ts'

export type LastCallbackDependencies = {
  store: Pick<RequestStore, 'listRequests'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<ResultStore, 'listResults'>
}

/** Bounds of one look. The devices are those of one request whose submissions are read. */
const mostRequests = 10
const mostDevices = 1000
const mostUpstream = 20

/**
 * When the newest result of an account arrived, among those of its newest requests. No date of an account is stored,
 * because that would be one more write for each callback. `complete` is false if the account has more than was read, so
 * that a newer callback about an older order is possible.
 */
export async function lastCallbackOf(accountName: string, { store }: LastCallbackDependencies) {
  const { rows, cursor } = await store.listRequests(accountName, {}, { limit: mostRequests })
  let complete = cursor === undefined
  let left = mostUpstream
  let newest: number | undefined
  for (const request of rows) {
    if (left === 0) {
      complete = false
      break
    }
    if (request.deviceCount > mostDevices) complete = false
    const submissions = await store.listSubmissions(request, { from: 0, count: mostDevices })
    const ids = [...new Set(submissions.flatMap(({ upstreamRequestIds }) => upstreamRequestIds))]
    if (ids.length > left) complete = false
    for (const upstreamRequestId of ids.slice(0, left)) {
      const results = await store.listResults({ accountName, upstreamRequestId })
      for (const { receivedAt } of results) newest = Math.max(newest ?? receivedAt, receivedAt)
      left -= 1
    }
  }
  return { at: newest === undefined ? null : new Date(newest).toISOString(), complete }
}
