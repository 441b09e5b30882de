import type { Clock } from '../profile/ports.ts'
import type { ProfileRequest } from '../profile/request/request.ts'
import type { RequestStore } from '../profile/request/request-store.ts'

/** Longest wait of one call. API Gateway ends a call after 30 s, and the answer has to be made after the wait. */
export const longestWaitSeconds = 20

/** The pauses between two looks grow, so that a quick result is seen soon and a slow one costs few reads. */
const firstPauseMilliseconds = 250
const longestPauseMilliseconds = 2_000
const growth = 1.5

/** More looks than the pauses of the longest wait allow. */
const mostLooks = 40

export type WaitDependencies = {
  store: Pick<RequestStore, 'peekVersion'>
  clock: Clock
  sleep: (milliseconds: number) => Promise<unknown>
}

/**
 * Returns a function that waits until a request has a newer version than the given one, or until `changesAt`. It returns
 * false when `until` has come. Both are epoch milliseconds. Each look is one eventually consistent read. A later call goes on with the pause of the last.
 */
export function startWaiting(
  until: number,
  { store, clock, sleep }: WaitDependencies,
): (seen: Pick<ProfileRequest, 'requestId' | 'version'>, changesAt?: number) => Promise<boolean> {
  let pause = firstPauseMilliseconds
  let looks = 0
  return async ({ requestId, version }, changesAt = Number.POSITIVE_INFINITY) => {
    while (looks < mostLooks) {
      const left = until - clock()
      if (left <= 0) return false
      await sleep(Math.min(pause, left))
      if (clock() >= changesAt) return true
      pause = Math.min(Math.round(pause * growth), longestPauseMilliseconds)
      looks += 1
      const current = await store.peekVersion(requestId)
      if (current === undefined || current > version) return true
    }
    return false
  }
}
