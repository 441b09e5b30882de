import type { RequestView } from '../profile/status/request-view.ts'

/** Value of `Retry-After`: seconds until the next step is due, limited to 1 to 60. `now` is in epoch milliseconds. */
export function retryAfterOf({ next }: Pick<RequestView, 'next'>, now: number): string {
  // Results may arrive at any time before their deadline, which may be a day away.
  if (next === null || next.at === null || next.what === 'results') return '5'
  return String(Math.min(60, Math.max(1, Math.ceil((Date.parse(next.at) - now) / 1000))))
}
