import { publicId } from '../lib/http/quarantine-id.ts'

/** A call that does the same as a command. `query` names the parameter of each option. */
type HttpCall = {
  /** The words of the command line. `{name}` stands for one word, and fills this name of the route. */
  words: string
  route: string
  query?: Readonly<Record<string, string>>
  /** An option with which this call does the same, and one with which it does not. */
  onlyWith?: string
  unless?: string
}

const list = { account: 'accountName' }

/** The commands that an HTTP call can replace. A test compares the routes with those of the API. */
export const httpCalls: readonly HttpCall[] = [
  { words: 'show {requestId}', route: 'GET /v1/requests/{requestId}' },
  { words: 'find {q}', route: 'GET /v1/search', query: { q: 'q' } },
  { words: 'evidence {requestId}', route: 'GET /v1/requests/{requestId}/evidence' },
  { words: 'decisions', route: 'GET /v1/decisions', query: list },
  { words: 'failures', onlyWith: 'counts', route: 'GET /v1/failures/counts', query: list },
  {
    words: 'failures',
    unless: 'counts',
    route: 'GET /v1/failures',
    query: { ...list, action: 'action', status: 'status', code: 'code' },
  },
  { words: 'accounts', route: 'GET /v1/accounts' },
  { words: 'accounts {accountName}', route: 'GET /v1/accounts/{accountName}' },
  { words: 'retry {requestId}', route: 'POST /v1/requests/{requestId}/retry' },
  { words: 'cancel {requestId}', route: 'POST /v1/requests/{requestId}/cancel' },
  { words: 'reorder {requestId}', route: 'POST /v1/requests/{requestId}/reorder' },
  { words: 'redrive submissions', route: 'POST /v1/operate/dead-letters/submissions/redrive' },
  { words: 'redrive callbacks', route: 'POST /v1/operate/dead-letters/callbacks/redrive' },
  { words: 'quarantine', unless: 'dismissed', route: 'GET /v1/operate/quarantine' },
  { words: 'quarantine list', unless: 'dismissed', route: 'GET /v1/operate/quarantine' },
  { words: 'quarantine show {id}', route: 'GET /v1/operate/quarantine/{id}' },
  { words: 'quarantine rerun {id}', route: 'POST /v1/operate/quarantine/{id}/rerun' },
  { words: 'quarantine dismiss {id}', route: 'POST /v1/operate/quarantine/{id}/dismiss' },
  { words: 'listener served', route: 'GET /v1/operate/listeners' },
  { words: 'listener repair', unless: 'take-over', route: 'POST /v1/operate/listeners/check' },
  { words: 'latch', route: 'GET /v1/operate/latches' },
  { words: 'latch open {credentialSet}', route: 'POST /v1/operate/latches/{credentialSet}/open' },
  { words: 'flow', route: 'GET /v1/operate/flows' },
  { words: 'flow resume {credentialSet}', route: 'POST /v1/operate/flows/{credentialSet}/resume' },
  { words: 'audit', route: 'GET /v1/operate/audit', query: { ...list, actor: 'actor', subject: 'subject' } },
]

/**
 * The HTTP call that does the same as a command line, such as `POST /v1/requests/3f6c/retry`. Undefined if there is none.
 * docs/api.md has the body of each POST.
 */
export function httpCallOf(words: readonly string[], options: Readonly<Record<string, unknown>>): string | undefined {
  for (const { words: pattern, route, query = {}, onlyWith, unless } of httpCalls) {
    const filled = match(pattern.split(' '), words)
    if (filled === undefined) continue
    if (onlyWith !== undefined && options[onlyWith] !== true) continue
    if (unless !== undefined && options[unless] === true) continue
    const path = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(filled[name] ?? ''))
    const parameters = new URLSearchParams()
    for (const [option, parameter] of Object.entries(query)) {
      const value = options[option] ?? filled[option]
      if (typeof value === 'string') parameters.set(parameter, value)
    }
    return parameters.size === 0 ? path : `${path}?${parameters.toString()}`
  }
  return undefined
}

/** The words that stand for names of the pattern. Undefined if the words do not fit. */
function match(pattern: readonly string[], words: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== words.length) return undefined
  const filled: Record<string, string> = {}
  for (const [at, part] of pattern.entries()) {
    const word = words[at] ?? ''
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    if (name === undefined && part !== word) return undefined
    if (name !== undefined) filled[name] = name === 'id' ? publicId(word) : word
  }
  return filled
}
