import type { components } from './api.ts'
import { addressOf } from './address.ts'
import { GatewayProblem } from './failures.ts'
import type { Connection } from './options.ts'
import { retryAfterMs, sleep } from './pause.ts'
import { send } from './send.ts'

type Request = components['schemas']['Request']

export type WaitOptions = {
  /** Ends the wait. By default there is no end but `final` or a decision. */
  timeoutMs?: number
  signal?: AbortSignal
  /** Told each state of the request, the first and each change. */
  onChange?: (request: Request) => void
}

/** Why the wait ended, and the request as it was then. */
export type Waited =
  | { outcome: 'final'; request: Request }
  /** A submission is unconfirmed and waits for `/retry` or `/cancel`. */
  | { outcome: 'needs-decision'; request: Request }
  | { outcome: 'timed-out'; request: Request }

/** How long the gateway may hold one call until the request changes. */
const heldSeconds = 20
const defaultPauseMs = 5_000
const leastMs = 1_000

/**
 * Reads a request until it is final or needs a decision. A gateway that knows `waitSeconds` answers as soon as the request changes.
 * Otherwise this function reads it at the intervals of `Retry-After`. The ETag makes an unchanged answer empty.
 */
export async function waitForFinal(
  connection: Connection,
  requestId: string,
  { timeoutMs = Infinity, signal, onChange }: WaitOptions = {},
): Promise<Waited> {
  const endsAt = Date.now() + timeoutMs
  let holds = true
  let known: { request: Request; etag: string | null } | undefined
  for (;;) {
    const askedAt = Date.now()
    const seconds = holds && known !== undefined ? Math.min(heldSeconds, Math.floor((endsAt - askedAt) / 1000)) : 0
    const answer = await read(connection, { requestId, seconds, etag: known?.etag ?? null, signal })
    if (answer === 'cannot-hold') {
      holds = false
      continue
    }
    if (answer.request !== undefined) {
      known = { request: answer.request, etag: answer.etag }
      onChange?.(answer.request)
    }
    if (known === undefined) throw new TypeError('the gateway answered 304 to a call without If-None-Match')
    const { request } = known
    if (request.final) return { outcome: 'final', request }
    if (request.next?.what === 'decision') return { outcome: 'needs-decision', request }
    const pause = pauseAfter(answer, { holds, seconds, tookMs: Date.now() - askedAt })
    if (Date.now() + Math.max(pause, leastMs) > endsAt) return { outcome: 'timed-out', request }
    await sleep(pause, signal)
  }
}

/** How long to wait before the next call, in milliseconds. */
function pauseAfter(
  { request, retryAfterMs: asked = defaultPauseMs }: Read,
  { holds, seconds, tookMs }: { holds: boolean; seconds: number; tookMs: number },
): number {
  // The gateway holds the next call, so that one need not be delayed.
  if (holds && seconds === 0) return 0
  // A bulk request changes often: read it once a second at most.
  if (seconds > 0 && request !== undefined) return leastMs
  // Unchanged after half of the time at least: the gateway did hold the call.
  return tookMs > seconds * 500 && seconds > 0 ? 0 : asked
}

type Read = { request: Request | undefined; etag: string | null; retryAfterMs: number | undefined }

async function read(
  connection: Connection,
  {
    requestId,
    seconds,
    etag,
    signal,
  }: { requestId: string; seconds: number; etag: string | null; signal: AbortSignal | undefined },
): Promise<Read | 'cannot-hold'> {
  try {
    const response = await send(connection, {
      method: 'GET',
      path: addressOf('/v1/requests/{requestId}', {
        path: { requestId },
        query: seconds > 0 ? { waitSeconds: seconds } : {},
      }),
      headers: etag === null ? {} : { 'if-none-match': etag },
      signal,
      timeoutMs: connection.timeoutMs + seconds * 1000,
    })
    const request: Request | undefined = response.status === 304 ? undefined : await response.json()
    return { request, etag: response.headers.get('etag'), retryAfterMs: retryAfterMs(response.headers, Date.now()) }
  } catch (error) {
    // An older gateway refuses the parameter.
    if (seconds > 0 && error instanceof GatewayProblem && error.code === 'invalid-parameter') return 'cannot-hold'
    throw error
  }
}
