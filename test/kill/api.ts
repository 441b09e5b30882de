import * as z from 'zod'
import type { Entry, Told } from './ledger.ts'

export type Answer = { status: number; body: unknown; text: string; replayed: boolean }

/** Calls the gateway's HTTP API without retries. A call that breaks off returns no answer instead of throwing. */
export type Api = {
  get: (path: string, accept?: string) => Promise<Answer | 'no-answer'>
  submit: (entry: Entry) => Promise<Told>
  decide: (entry: Entry, requestId: string, what: 'retry' | 'cancel', body: object) => Promise<Told>
  /** Everything that was ever answered, for the search for secrets. */
  texts: () => readonly string[]
}

const Named = z.object({ requestId: z.string() })

export function createApi(url: string, token: string): Api {
  const texts: string[] = []

  const call = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(35_000),
      })
      const text = await response.text()
      texts.push(text)
      const replayed = response.headers.get('idempotent-replayed') === 'true'
      return { status: response.status, text, body: parsed(text), replayed }
    } catch {
      return 'no-answer' as const
    }
  }

  const note = (entry: Entry, what: Told['what'], answer: Answer | 'no-answer'): Told => {
    const told: Told =
      answer === 'no-answer'
        ? { at: Date.now(), what, status: answer, requestId: undefined }
        : { at: Date.now(), what, status: answer.status, requestId: Named.safeParse(answer.body).data?.requestId }
    entry.told.push(told)
    return told
  }

  return {
    get: (path, accept = 'application/json') => call('GET', path, { accept }),
    submit: async (entry) => {
      const { action, body, idempotencyKey } = entry.order
      const key: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }
      return note(entry, 'submit', await call('POST', `/v1/devices/profile/actions/${action}`, key, body))
    },
    decide: async (entry, requestId, what, body) =>
      note(entry, what, await call('POST', `/v1/requests/${requestId}/${what}`, {}, body)),
    texts: () => texts,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
