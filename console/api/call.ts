import type * as z from 'zod/mini'
import { apiBase } from '../session/settings.ts'
import { access, endSession } from '../session/session.ts'
import { type Failure, Problem } from './failure.ts'

export type Reply<Value> =
  | { kind: 'answer'; value: Value; headers: Headers; status: number }
  | { kind: 'unchanged'; headers: Headers }
  | { kind: 'failed'; failure: Failure }

export type CallOptions = {
  method?: 'GET' | 'POST'
  body?: unknown
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
}

/** A call that has no answer after so many milliseconds counts as lost. API Gateway ends calls after 30 s. */
const patienceMs = 35_000

/** Calls the gateway with the person's token. Never throws: a failure is a value. */
export async function send(path: string, options: CallOptions = {}): Promise<Response | Failure> {
  const { method = 'GET', body, headers = {}, signal } = options
  const token = access.value?.token
  if (token === undefined) return { kind: 'sign-in-ended' }
  const late = AbortSignal.timeout(patienceMs)
  try {
    const response = await fetch(`${apiBase}${path.replace(/^\//, '')}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      // The console keeps ETags itself, so that it sees a 304.
      cache: 'no-store',
    })
    return response.ok || response.status === 304 ? response : await failureOf(response)
  } catch {
    return { kind: 'offline' }
  }
}

/** Calls the gateway and reads the JSON of the answer. */
export async function call<Schema extends z.ZodMiniType>(
  path: string,
  schema: Schema,
  options: CallOptions = {},
): Promise<Reply<z.infer<Schema>>> {
  const response = await send(path, options)
  if (!(response instanceof Response)) return { kind: 'failed', failure: response }
  const { headers, status } = response
  if (status === 304) return { kind: 'unchanged', headers }
  const value = schema.safeParse(await bodyOf(response))
  return value.success
    ? { kind: 'answer', value: value.data, headers, status }
    : { kind: 'failed', failure: { kind: 'unreadable', status } }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}

async function failureOf(response: Response): Promise<Failure> {
  const { status } = response
  const afterSeconds = Number(response.headers.get('retry-after') ?? 5)
  const problem = Problem.safeParse(await bodyOf(response))
  if (status === 401) {
    endSession()
    return { kind: 'sign-in-ended' }
  }
  if (problem.success) return { kind: 'problem', status, problem: problem.data }
  if (status === 403) return { kind: 'forbidden' }
  if (status === 429) return { kind: 'busy', afterSeconds }
  if (status >= 500) return { kind: 'unavailable', status, afterSeconds }
  return { kind: 'unreadable', status }
}
