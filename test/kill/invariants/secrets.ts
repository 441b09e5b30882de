import type { Violation } from '../evidence.ts'

type Searched = {
  /** Names and values of the secrets. */
  secrets: Readonly<Record<string, string>>
  /** Short-lived tokens. The table holds them encrypted. */
  tokens: readonly string[]
  /** The searched texts by origin. */
  texts: readonly { where: string; text: string }[]
}

/** The log shows no complete identifier of a device. */
export function checkIdentifiers(log: string, identifiers: ReadonlySet<string>): Violation[] {
  const shown = new Set([...log.matchAll(/\d{10,32}/g)].map(([digits]) => digits).filter((id) => identifiers.has(id)))
  return [...shown].map((id) => ({
    invariant: 'secrets',
    what: `the functions’ log contains an identifier, ...${id.slice(-4)}`,
  }))
}

/** No secret is in a log, an item, an event, a response or a queue. The message does not repeat the secret. */
export function checkSecrets({ secrets, tokens, texts }: Searched): Violation[] {
  return texts.flatMap(({ where, text }) => {
    const found = Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [name] : []))
    if (tokens.some((token) => text.includes(token))) found.push('a token')
    return found.map((name) => ({ invariant: 'secrets', what: `${where} holds ${name}` }))
  })
}
