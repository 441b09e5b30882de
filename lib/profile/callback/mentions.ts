import { type Identifier, lookUpKeys } from '../order/identifiers.ts'

/** Characters of a message that are searched. Messages of ThingSpace have about 2,000. */
const searched = 65_536
/** Most mentions of one message. Each costs a write. */
const mostMentions = 8

/** Digits as people and systems write an identifier: in one run, or grouped. */
const digitRun = /\d(?:[ .-]?\d){9,31}/g
const hexWord = /\b[\da-f]{14}\b/gi
const uuid = /\b[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}\b/gi

/**
 * What a text that could not be read seems to name: runs of digits that may be identifiers, and UUIDs, so that a search
 * for a card finds the message. The longest come first, because dates and counters are short. A mention is a guess and
 * never decides anything.
 */
export function mentionsOf(raw: string): string[] {
  const text = raw.slice(0, searched)
  const uuids = (text.match(uuid) ?? []).map(canonicalMention)
  const rest = text.replaceAll(uuid, ' ')
  const runs = (rest.match(digitRun) ?? []).map((run) => run.replaceAll(/\D/g, '')).flatMap(runForms)
  const words = (rest.match(hexWord) ?? []).map((word) => word.toUpperCase())
  const numbers = [...new Set([...runs, ...words])].toSorted((one, other) => other.length - one.length)
  return [...new Set([...uuids, ...numbers])].slice(0, mostMentions)
}

/** A run of digits, also without the software version of an IMEI and without the country code of an MDN. */
function runForms(run: string): string[] {
  if (run.length === 16) return [run, run.slice(0, 14)]
  return run.length === 11 && run.startsWith('1') ? [run.slice(1)] : [run]
}

/** The mentions under which a message about this identifier, in any of its spellings, may be found. */
export const mentionsOfIdentifier = (identifier: Identifier): string[] => [
  ...new Set(
    lookUpKeys([identifier]).flatMap((key) => {
      const id = key.slice(key.indexOf(':') + 1)
      return identifier.kind === 'imei' ? [id, id.slice(0, 14)] : [id]
    }),
  ),
]

/** An upstream request id as mentions have it: a UUID in lower case without hyphens, any other id unchanged. */
export const canonicalMention = (id: string): string => {
  const bare = id.replaceAll('-', '').toLowerCase()
  return /^[\da-f]{32}$/.test(bare) ? bare : id
}
