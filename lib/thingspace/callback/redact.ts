import { isRecord, parseNested } from './text.ts'
import { maskText } from '../mask-text.ts'
import { isSecretName } from '../secret-names.ts'

/** Levels of JSON inside texts that are parsed. Deeper levels are masked as plain text. */
const mostLayers = 3

/** Writes a parsed message as JSON without its credentials, at any depth, in any casing, and inside its texts. */
export const redactParsed = (message: unknown): string => JSON.stringify(withoutSecrets(message)) ?? ''

/** Removes members that hold secrets, makes texts well-formed, and masks secrets in texts. */
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

/** Redacts a text of a message: as JSON if the text is JSON, otherwise by masking what looks like a credential. */
export function redactMember(text: string, layers = mostLayers): string {
  if (text.length < 40 && /^[\w .,-]{0,9}$|^[\w.,-]*$/.test(text)) return text
  const nested = layers > 0 ? parseNested(text) : undefined
  return nested === undefined || typeof nested === 'number'
    ? maskText(text.toWellFormed())
    : JSON.stringify(withoutSecrets(nested, layers - 1))
}

/** Masks the credentials in a message that cannot be parsed. */
export const redactText = (text: string): string => maskText(text.toWellFormed())
