import { isRecord, parseNested } from './text.ts'
import { maskText } from '../mask-text.ts'
import { isSecretName } from '../secret-names.ts'

/** JSON inside a text inside a text: what lies deeper is masked as text. */
const mostLayers = 3

/** A parsed message as JSON without its credentials, at any depth, in any casing, and inside its texts. */
export const redactParsed = (message: unknown): string => JSON.stringify(withoutSecrets(message)) ?? ''

/**
 * The same message without the members that hold secrets. Texts are well-formed, and masked as a text that cannot be
 * parsed is: one rule says what a secret is.
 */
function withoutSecrets(value: unknown, layers = mostLayers): unknown {
  if (typeof value === 'string') return redactMember(value, layers)
  if (Array.isArray(value)) return value.map((element: unknown) => withoutSecrets(element, layers))
  if (!isRecord(value)) return value
  const kept: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    if (!isSecretName(name) && name !== '__proto__') kept[name.toWellFormed()] = withoutSecrets(member, layers)
  }
  return kept
}

/** A text of a message. If it is JSON itself, that is redacted; else what looks like a credential is masked. */
export function redactMember(text: string, layers = mostLayers): string {
  if (text.length < 40 && /^[\w .,-]{0,9}$|^[\w.,-]*$/.test(text)) return text
  const nested = layers > 0 ? parseNested(text) : undefined
  return nested === undefined || typeof nested === 'number'
    ? maskText(text.toWellFormed())
    : JSON.stringify(withoutSecrets(nested, layers - 1))
}

/** A text that cannot be parsed, without its credentials. */
export const redactText = (text: string): string => maskText(text.toWellFormed())
