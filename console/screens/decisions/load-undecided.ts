import { signal } from '@preact/signals'
import { call } from '../../api/call.ts'
import { type ListedRequest, Request } from '../../api/requests.ts'

/** How many requests are read at once. */
const atOnce = 4

/** The unconfirmed requests in full, read a few at a time. A request that did not change is not read again. */
export function createUndecided() {
  const requests = signal<ReadonlyMap<string, Request>>(new Map())
  const read = async (listed: readonly ListedRequest[]): Promise<void> => {
    const wanted = listed.filter(
      ({ requestId, updatedAt }) =>
        requests.value.get(requestId)?.updatedAt !== updatedAt || isWaiting(requests.value.get(requestId)),
    )
    const queue = [...wanted]
    const work = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const reply = await call(`/v1/requests/${next.requestId}`, Request)
        if (reply.kind === 'answer') requests.value = new Map(requests.value).set(next.requestId, reply.value)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }
  return { requests, read }
}

/** Whether callbacks may still decide it: then it becomes ready for a decision without a change of its state. */
const isWaiting = (request: Request | undefined): boolean => request?.next?.what !== 'decision'
