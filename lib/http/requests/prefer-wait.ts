import type { RequestStore } from '../../profile/request/request-store.ts'
import { isFinalRequest } from '../../profile/request/states.ts'
import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import type { Acceptance } from '../../profile/submission/accept-request.ts'
import { longestWaitSeconds, startWaiting, type WaitDependencies } from '../waiting.ts'

export type PreferWaitDependencies = WaitDependencies & {
  store: Pick<RequestStore, 'getRequest'> & Pick<SubmissionStore, 'listSubmissions'>
}

/**
 * Reads `wait` of a `Prefer` header (RFC 7240) in seconds, at most `longestWaitSeconds`. Undefined if the header does not
 * have it in a valid form, because a server ignores preferences that it does not understand.
 */
export function readWait(prefer: string | undefined): number | undefined {
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(prefer ?? '')?.[1]
  return seconds === undefined ? undefined : Math.min(Number(seconds), longestWaitSeconds)
}

/**
 * Waits until a stored order is final, or until `until` (epoch milliseconds). Returns the order with its newest stored
 * state. An order that was refused, or whose key was reused, is answered at once.
 */
export async function waitForOutcome(
  acceptance: Acceptance,
  until: number,
  dependencies: PreferWaitDependencies,
): Promise<Acceptance> {
  if (acceptance.kind === 'key-reused' || acceptance.kind === 'not-served') return acceptance
  const { store } = dependencies
  const changed = startWaiting(until, dependencies)
  let latest = acceptance
  while (!isFinalRequest(latest.request.summary.status) && latest.submissions[0]?.state !== 'rejected') {
    const isChanged = await changed(latest.request)
    const request = await store.getRequest(latest.request.requestId)
    if (request === undefined) return latest
    latest = { ...acceptance, request, submissions: await store.listSubmissions(request) }
    if (!isChanged) return latest
  }
  return latest
}
