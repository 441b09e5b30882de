import * as z from 'zod/mini'

/** The identifier kinds ThingSpace knows, in its own lower-case request spelling. Callbacks use any casing. */
export const IdentifierKind = z.enum(['eid', 'iccid', 'imei', 'mdn', 'msisdn', 'min', 'meid', 'esn', 'imsi'])
export type IdentifierKind = z.infer<typeof IdentifierKind>

export const Identifier = z.object({ kind: IdentifierKind, id: z.string().check(z.minLength(1)) })
export type Identifier = z.infer<typeof Identifier>

/** One device as a request or a callback names it: its identifiers, in the order given. */
export type Device = readonly Identifier[]

type Format = { pattern: RegExp; words: string }

/**
 * Digits and lengths only. Check digits (Luhn, EID mod 97) are never tested, because the carrier's own documented
 * examples fail them, and its sample EIDs have 30 digits where the standard has 32.
 */
const formats: Record<IdentifierKind, Format> = {
  eid: { pattern: /^\d{30,32}$/, words: '30 to 32 digits' },
  iccid: { pattern: /^\d{18,20}$/, words: '18 to 20 digits' },
  imei: { pattern: /^\d{14,16}$/, words: '14 to 16 digits' },
  mdn: { pattern: /^\d{10}$/, words: '10 digits' },
  msisdn: { pattern: /^\d{11}$/, words: '11 digits' },
  min: { pattern: /^\d{10}$/, words: '10 digits' },
  meid: { pattern: /^[0-9A-Fa-f]{14}$/, words: '14 hexadecimal digits' },
  esn: { pattern: /^\d{11}$/, words: '11 digits' },
  imsi: { pattern: /^\d{14,15}$/, words: '14 or 15 digits' },
}

/** The digits and lengths of one kind, for describing it to others. */
export const identifierPattern = (kind: IdentifierKind): RegExp => formats[kind].pattern

/** Whether an id has the digits and the length of its kind; the words of the rule if it has not. */
export function identifierFault(kind: IdentifierKind, id: string): string | undefined {
  const format = formats[kind]
  return format.pattern.test(id) ? undefined : `an ${kind.toUpperCase()} has ${format.words}`
}

const knownKinds: ReadonlyMap<string, IdentifierKind> = new Map(IdentifierKind.options.map((kind) => [kind, kind]))

/** Reads a kind in any casing; `undefined` for a kind nobody has documented. */
export const readKind = (text: string): IdentifierKind | undefined =>
  knownKinds.get(text) ?? knownKinds.get(text.toLowerCase())

/** One spelling for one identifier: a MEID's letters are upper case. */
export const normaliseId = (kind: IdentifierKind, id: string): string => (kind === 'meid' ? id.toUpperCase() : id)

/** The id of one kind, if the device has it. */
export function idOf(device: Device, kind: IdentifierKind): string | undefined {
  for (const identifier of device) if (identifier.kind === kind) return identifier.id
  return undefined
}

/** Letters and digits alone: callbacks have been seen to group digits, and an MDN may come with a plus sign. */
const bare = (id: string): string => (/^\d+$/.test(id) ? id : id.replaceAll(/[^0-9A-Za-z]/g, '').toUpperCase() || id)

/** What an identifier says, whatever its spelling: without grouping, padding of an ICCID, and country code of an MDN. */
function essence({ kind, id }: Identifier): string {
  switch (kind) {
    case 'iccid':
      return bare(id).replace(/F$/, '')
    case 'mdn':
    case 'msisdn':
      return bare(id).replace(/^1(?=\d{10}$)/, '')
    case 'meid':
      return bare(id).slice(0, 14)
    case 'imei':
    case 'eid':
    case 'min':
    case 'esn':
    case 'imsi':
      return bare(id)
  }
}

/** The check digit by Luhn's rule, which completes an ICCID or IMEI. */
function checkDigit(digits: string): string {
  let sum = 0
  for (let at = digits.length - 1, isDoubled = true; at >= 0; at -= 1, isDoubled = !isDoubled) {
    const digit = Number(digits[at]) * (isDoubled ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return String((10 - (sum % 10)) % 10)
}

/** Whether so many digits may lack a check digit: one more completes them. */
const mayLackCheckDigit = (kind: IdentifierKind, length: number): boolean =>
  kind === 'iccid' ? length === 18 || length === 19 : kind === 'imei' && length === 14

/** What is written, whatever its grouping. An IMEI with a software version has no check digit. */
function digitsOf(identifier: Identifier): string {
  const said = essence(identifier)
  return identifier.kind === 'imei' && said.length !== 15 ? said.slice(0, 14) : said
}

/**
 * The one rule of check digits: an ICCID or an IMEI comes with its check digit or without it, and the check digit may not
 * be the one that Luhn's rule gives (Verizon's own examples break the rule). The likeliest spellings come first.
 */
function spellingsOf(identifier: Identifier): string[] {
  const digits = digitsOf(identifier)
  return [
    digits,
    ...(mayLackCheckDigit(identifier.kind, digits.length - 1) ? [digits.slice(0, -1)] : []),
    ...(mayLackCheckDigit(identifier.kind, digits.length) ? withEachCheckDigit(digits) : []),
  ]
}

/** The ten ways to complete digits by one; that of Luhn's rule is first. */
function withEachCheckDigit(digits: string): string[] {
  const right = Number(checkDigit(digits))
  return Array.from({ length: 10 }, (_, step) => `${digits}${(right + step) % 10}`)
}

/** An identifier as one text, without its last digit if that may be a check digit and is to be left out. */
export function writtenForm(identifier: Identifier, isShort: boolean): string {
  const digits = digitsOf(identifier)
  const { kind } = identifier
  return groupOf(kind) + (isShort && mayLackCheckDigit(kind, digits.length - 1) ? digits.slice(0, -1) : digits)
}

/** Whether two identifiers are one, in whatever spellings. */
export function isSameIdentifier(one: Identifier, other: Identifier): boolean {
  if (groupOf(one.kind) !== groupOf(other.kind)) return false
  const theirs = digitsOf(other)
  return digitsOf(one) === theirs || spellingsOf(one).includes(theirs)
}

/** An MSISDN is an MDN with its country code. */
const groupOf = (kind: IdentifierKind): IdentifierKind => (kind === 'msisdn' ? 'mdn' : kind)

/** An IMEI without its check digit is kept as if it had the right one. */
const storedAs = (kind: IdentifierKind, digits: string): string =>
  kind === 'imei' && digits.length !== 15 ? `imei:${digits}${checkDigit(digits)}` : `${groupOf(kind)}:${digits}`

/** One text per identifier, equal for the usual spellings of it; an IMEI of 14 digits or with a software version as one of 15. */
export const identifierKey = (identifier: Identifier): string => storedAs(identifier.kind, digitsOf(identifier))

/** The keys of everything that a device is named by, each once. */
export const identifierKeys = (device: Device): string[] => [...new Set(device.map(identifierKey))]

/** The keys under which others may have named a device, the likeliest of each identifier first. */
export const lookUpKeys = (device: Device): string[] => [
  ...new Set(device.flatMap((each) => spellingsOf(each).map((digits) => storedAs(each.kind, digits)))),
]

/** For logs: the kind and the last four digits, enough to recognise a device and too little to leak it. */
export const maskIdentifier = (identifier: Identifier): string => `${identifier.kind}:...${identifier.id.slice(-4)}`

const deviceKinds: readonly IdentifierKind[] = ['eid', 'imei', 'meid', 'esn', 'mdn', 'msisdn', 'min', 'imsi']

/**
 * What a callback names, as the two halves of a result's key: the device (EID first) and the profile (ICCID).
 * A message that names no device at all is kept under its profile alone.
 */
export function resultKeyOf(device: Device): { device: string; profile: string } {
  const keyOf = (kind: IdentifierKind): string | undefined => {
    const id = idOf(device, kind)
    return id === undefined ? undefined : identifierKey({ kind, id })
  }
  const [named = '-'] = deviceKinds.flatMap((kind) => keyOf(kind) ?? [])
  return { device: named, profile: keyOf('iccid') ?? '-' }
}
