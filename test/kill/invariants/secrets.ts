import type { Violation } from '../evidence.ts'

type Searched = {
  /** Names and values of what must not be found. */
  secrets: Readonly<Record<string, string>>
  /** Short-lived tokens; the table holds them sealed. */
  tokens: readonly string[]
  /** By where they come from. */
  texts: readonly { where: string; text: string }[]
}

/** The log shows no identifier of a device whole. */
export function checkIdentifiers(log: string, identifiers: ReadonlySet<string>): Violation[] {
  const shown = new Set([...log.matchAll(/\d{10,32}/g)].map(([digits]) => digits).filter((id) => identifiers.has(id)))
  return [...shown].map((id) => ({
    invariant: 'secrets',
    what: `the functions’ log shows a device, ...${id.slice(-4)}`,
  }))
}

/** No secret is in a log, an item, an event, an answer or a queue of ours. The secret itself is not repeated here. */
export function checkSecrets({ secrets, tokens, texts }: Searched): Violation[] {
  return texts.flatMap(({ where, text }) => {
    const found = Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [name] : []))
    if (tokens.some((token) => text.includes(token))) found.push('a token')
    return found.map((name) => ({ invariant: 'secrets', what: `${where} holds ${name}` }))
  })
}
