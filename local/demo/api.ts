import { parseJson } from '../parse-json.ts'
import { answerLine, cut, shortIds } from './wording.ts'

export type Answer = { status: number; headers: Headers; text: string; body: unknown }

export type CallOptions = {
  /** Sent as JSON. A string is sent unchanged. */
  body?: unknown
  token?: string
  headers?: Record<string, string>
  /** Formats the response for the terminal, instead of `answerLine`. */
  show?: (answer: Answer) => string
}
export type Call = (method: 'GET' | 'POST', path: string, options?: CallOptions) => Promise<Answer>

const shownOfCall = 132
const shownOfAnswer = 150

/** Creates a function that calls the API and prints nothing, for polling. */
export function silentCall(url: string, defaultToken: string): Call {
  return async (method, path, { body, token = defaultToken, headers = {} } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: asText(body) }),
      // Do not let a hanging call block the demo. API Gateway times out after 30 seconds.
      signal: AbortSignal.timeout(60_000),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parseJson(text) }
  }
}

/** Wraps a call so that it prints one line for the request and one for the response. */
export function shownCall(call: Call, say: (line: string) => void): Call {
  return async (method, path, options = {}) => {
    const { body, headers = {}, show = (answer: Answer) => answerLine(answer.body, answer.text) } = options
    const sent = [
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...(body === undefined ? [] : [asText(body).slice(0, shownOfCall)]),
    ]
    say(`> ${method} ${cut(shortIds([path, ...sent].join('  ')), shownOfCall)}`)
    const answer = await call(method, path, options)
    const replayed = isReplay(answer) ? ', Idempotent-Replayed: true' : ''
    say(`< ${answer.status} ${cut(shortIds(show(answer)), shownOfAnswer)}${replayed}`)
    return answer
  }
}

/** Whether the gateway replayed an earlier response for the same Idempotency-Key. */
export const isReplay = ({ headers }: Answer): boolean => headers.get('idempotent-replayed') === 'true'

const asText = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body))
