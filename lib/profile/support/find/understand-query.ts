import {
  type Identifier,
  type IdentifierKind,
  identifierFault,
  normaliseId,
  readKind,
} from '../../order/identifiers.ts'

/** What a search text may mean: an identifier of a device, a request of ours, or an upstream request id. */
export type Understanding = Identifier | { kind: 'request'; id: string } | UpstreamMeaning
export type UpstreamMeaning = { kind: 'upstream'; id: string }

/** A kind in front of the id, as people copy it from lists: `ICCID: 8914 8000 ...`, `requestId=...`. */
const named = /^\s*([a-z][a-z ]{1,24}?)\s*[:=#]\s*(\S.*)$/is
const uuid = /^(?:urn:uuid:)?\{?([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})\}?$/i
const hyphened = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
/** The shape of our ids and of ThingSpace's. */
const idShape = /^[\w-]{1,64}$/

/** The kinds whose ids may have this many digits, the most likely first. */
const kindsByDigits: Readonly<Record<number, readonly IdentifierKind[]>> = {
  10: ['mdn', 'min'],
  11: ['msisdn', 'esn'],
  14: ['imei', 'imsi', 'meid'],
  15: ['imei', 'imsi'],
  16: ['imei'],
  18: ['iccid'],
  19: ['iccid'],
  20: ['iccid'],
  30: ['eid'],
  31: ['eid'],
  32: ['eid'],
}

/**
 * Everything that a search text may mean, the most likely first. It takes any usual spelling: grouped digits, an ICCID
 * with its padding F, a telephone number with `+1`, a UUID in capitals or braces, and a kind in front of the id.
 */
export function understandQuery(text: string): Understanding[] {
  const [, word, rest] = named.exec(text) ?? []
  const kind = word === undefined ? undefined : kindNamed(word)
  if (kind === undefined || rest === undefined) return meaningsOf(text.trim())
  const meanings = meaningsOf(rest.trim())
  const meant = meanings.filter((meaning) => meaning.kind === kind || isPhone(kind, meaning.kind))
  return meant.length > 0 ? meant : meanings
}

const isPhone = (one: string, other: string): boolean =>
  [one, other].every((kind) => kind === 'mdn' || kind === 'msisdn')

function kindNamed(word: string): Understanding['kind'] | undefined {
  const bare = word.toLowerCase().replaceAll(' ', '')
  if (bare === 'request' || bare === 'requestid') return 'request'
  if (bare === 'upstream' || bare === 'upstreamid' || bare === 'upstreamrequestid') return 'upstream'
  return readKind(bare)
}

function meaningsOf(text: string): Understanding[] {
  // 32 digits are an EID, and practically never a UUID, unless they have the hyphens of one.
  const identifiers = hyphened.test(text) ? [] : identifiersIn(text)
  if (identifiers.length > 0) return identifiers
  if (uuid.test(text)) {
    const id = text.replace(uuid, '$1-$2-$3-$4-$5').toLowerCase()
    return [
      { kind: 'request', id },
      { kind: 'upstream', id },
    ]
  }
  if (!idShape.test(text)) return []
  return [
    { kind: 'request', id: text.toLowerCase() },
    { kind: 'upstream', id: text },
  ]
}

function identifiersIn(text: string): Identifier[] {
  if (!/^[\d\s.()+/-]+F?$/i.test(text)) {
    return identifierFault('meid', text) === undefined ? [{ kind: 'meid', id: normaliseId('meid', text) }] : []
  }
  const digits = text.replaceAll(/\D/g, '')
  const isPadded = /F$/i.test(text)
  return (kindsByDigits[digits.length] ?? [])
    .filter((kind) => !isPadded || kind === 'iccid')
    .filter((kind) => identifierFault(kind, digits) === undefined)
    .map((kind) => ({ kind, id: digits }))
}
