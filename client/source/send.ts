import { failureOf, type GatewayFailure, NoAnswer } from './failures.ts'
import type { Connection } from './options.ts'
import { pauseMs, retryAfterMs, sleep } from './pause.ts'

/** A call as it goes over the wire. */
export type Call = {
  method: 'GET' | 'POST'
  path: string
  headers?: Readonly<Record<string, string>>
  body?: unknown
  idempotencyKey?: string | undefined
  signal?: AbortSignal | undefined
  /** Replaces the time-out of the connection. */
  timeoutMs?: number
}

type Attempt =
  | { kind: 'answer'; response: Response }
  | { kind: 'failed'; failure: GatewayFailure; status: number | undefined; headers: Headers | undefined }

/**
 * Sends a call until it has an answer, at most `attempts` times. Returns answers with 2xx and 304, and throws a
 * GatewayFailure for all others. After 429 every call is repeated, because API Gateway refused it before the gateway saw it.
 * After 5xx or no answer the gateway may have acted: only GET and calls with an idempotency key are repeated.
 */
export async function send(connection: Connection, call: Call): Promise<Response> {
  let refused = false
  for (let attempt = 1; ; attempt++) {
    const result = await attemptCall(connection, call, refused)
    if (result.kind === 'answer') return result.response
    const { failure, status, headers } = result
    // A token may have expired a moment ago. The token function gets one chance to return a new one.
    const renew = status === 401 && !refused && typeof connection.token === 'function'
    if (!renew && !mayRepeat(call, status)) throw failure
    const asked = retryAfterMs(headers, Date.now())
    if (attempt >= connection.attempts || (asked ?? 0) > connection.longestPauseMs) throw failure
    refused = status === 401
    if (!renew) await sleep(pauseMs(attempt, asked, connection.longestPauseMs), call.signal)
  }
}

function mayRepeat({ method, idempotencyKey }: Call, status: number | undefined): boolean {
  if (status === 429) return true
  if (status !== undefined && status < 500) return false
  return method === 'GET' || idempotencyKey !== undefined
}

async function attemptCall(connection: Connection, call: Call, refused: boolean): Promise<Attempt> {
  const { method, path, headers, body, idempotencyKey, signal, timeoutMs = connection.timeoutMs } = call
  const token = typeof connection.token === 'string' ? connection.token : await connection.token({ refused })
  signal?.throwIfAborted()
  const late = AbortSignal.timeout(timeoutMs)
  try {
    const response = await connection.fetch(`${connection.baseUrl}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      redirect: 'error',
    })
    if (response.status === 304) return { kind: 'answer', response }
    // The body is read within the time-out too, so an answer that breaks off counts as none.
    const text = await response.text()
    const whole = new Response(text, { status: response.status, headers: response.headers })
    if (response.ok) return { kind: 'answer', response: whole }
    const failure = await failureOf(whole, idempotencyKey)
    return { kind: 'failed', failure, status: response.status, headers: response.headers }
  } catch (error) {
    signal?.throwIfAborted()
    return { kind: 'failed', failure: new NoAnswer(error, idempotencyKey), status: undefined, headers: undefined }
  }
}
