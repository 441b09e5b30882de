import * as z from 'zod/mini'

/** ThingSpace's identifier kinds, in lower case as in its requests. Its callbacks use any casing. */
export const IdentifierKind = z.enum(['eid', 'iccid', 'imei', 'mdn', 'msisdn', 'min', 'meid', 'esn', 'imsi'])
export type IdentifierKind = z.infer<typeof IdentifierKind>

/** One identifier of a device. The id is text, because leading zeros count. */
export const Identifier = z.object({ kind: IdentifierKind, id: z.string().check(z.minLength(1)) })
export type Identifier = z.infer<typeof Identifier>

/** One device as a request or a callback names it: its identifiers in their original order. */
export type Device = readonly Identifier[]

type Format = { pattern: RegExp; words: string }

/**
 * Digits and lengths only. Check digits (Luhn, EID mod 97) are not tested, because Verizon's own examples fail them,
 * and its sample EIDs have 30 digits instead of the 32 of the standard.
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

/** The format of one kind, for the OpenAPI document. */
export const identifierPattern = (kind: IdentifierKind): RegExp => formats[kind].pattern

/** Checks an id against the format of its kind. Returns a message if it does not match, otherwise undefined. */
export function identifierFault(kind: IdentifierKind, id: string): string | undefined {
  const format = formats[kind]
  return format.pattern.test(id) ? undefined : `an ${kind.toUpperCase()} has ${format.words}`
}

const knownKinds: ReadonlyMap<string, IdentifierKind> = new Map(IdentifierKind.options.map((kind) => [kind, kind]))

/** Reads a kind in any casing. Returns undefined for an unknown kind. */
export const readKind = (text: string): IdentifierKind | undefined =>
  knownKinds.get(text) ?? knownKinds.get(text.toLowerCase())

/** Writes the letters of a MEID in upper case. Other kinds have no letters. */
export const normaliseId = (kind: IdentifierKind, id: string): string => (kind === 'meid' ? id.toUpperCase() : id)

/** The id of this kind, if the device has one. */
export function idOf(device: Device, kind: IdentifierKind): string | undefined {
  for (const identifier of device) if (identifier.kind === kind) return identifier.id
  return undefined
}

/** Letters and digits only. Some callbacks group digits, and an MDN may start with a plus sign. */
const bare = (id: string): string => (/^\d+$/.test(id) ? id : id.replaceAll(/[^0-9A-Za-z]/g, '').toUpperCase() || id)

/** A MEID in hexadecimal digits. Its decimal form has ten digits for the first four bytes and eight for the rest. */
const hexadecimalMeid = (id: string): string =>
  /^\d{18}$/.test(id) ? inBase(id.slice(0, 10), 16, 8) + inBase(id.slice(10), 16, 6) : id

/** An ESN in decimal digits. Its hexadecimal form has two digits for the manufacturer and six for the rest. */
const decimalEsn = (id: string): string =>
  /^[0-9A-F]{8}$/.test(id) ? inBase(`0x${id.slice(0, 2)}`, 10, 3) + inBase(`0x${id.slice(2)}`, 10, 8) : id

const inBase = (number: string, base: 10 | 16, length: number): string =>
  Number(number).toString(base).toUpperCase().padStart(length, '0')

/**
 * The id without grouping, the padding of an ICCID, the country code of an MDN, and the check digit of a MEID. A MEID is
 * hexadecimal and an ESN is decimal.
 */
function bareId({ kind, id }: Identifier): string {
  switch (kind) {
    case 'iccid':
      return bare(id).replace(/F$/, '')
    case 'mdn':
    case 'msisdn':
      return bare(id).replace(/^1(?=\d{10}$)/, '')
    case 'meid':
      return hexadecimalMeid(bare(id)).slice(0, 14)
    case 'esn':
      return decimalEsn(bare(id))
    case 'imei':
    case 'eid':
    case 'min':
    case 'imsi':
      return bare(id)
  }
}

/** Computes the check digit of an ICCID or IMEI with Luhn's algorithm. */
function checkDigit(digits: string): string {
  let sum = 0
  for (let at = digits.length - 1, isDoubled = true; at >= 0; at -= 1, isDoubled = !isDoubled) {
    const digit = Number(digits[at]) * (isDoubled ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return String((10 - (sum % 10)) % 10)
}

/** Whether an id of this length may lack its check digit. */
const mayLackCheckDigit = (kind: IdentifierKind, length: number): boolean =>
  kind === 'iccid' ? length === 18 || length === 19 : kind === 'imei' && length === 14

/** The digits that identify: of an IMEI with a software version (IMEISV), which has no check digit, the first 14. */
function digitsOf(identifier: Identifier): string {
  const digits = bareId(identifier)
  return identifier.kind === 'imei' && digits.length !== 15 ? digits.slice(0, 14) : digits
}

/**
 * All spellings of an identifier, the most likely first. An ICCID or IMEI may be written with or without its check
 * digit, and the check digit may differ from Luhn's, as in Verizon's own examples.
 */
function spellingsOf(identifier: Identifier): string[] {
  const digits = digitsOf(identifier)
  return [
    digits,
    ...(mayLackCheckDigit(identifier.kind, digits.length - 1) ? [digits.slice(0, -1)] : []),
    ...(mayLackCheckDigit(identifier.kind, digits.length) ? withEachCheckDigit(digits) : []),
  ]
}

/** The digits completed by each of the ten possible check digits. Luhn's comes first. */
function withEachCheckDigit(digits: string): string[] {
  const right = Number(checkDigit(digits))
  return Array.from({ length: 10 }, (_, step) => `${digits}${(right + step) % 10}`)
}

/** An identifier as text, to compare the devices of one body. `isShort` leaves out a possible check digit. */
export function writtenForm(identifier: Identifier, isShort: boolean): string {
  const digits = digitsOf(identifier)
  const { kind } = identifier
  return groupOf(kind) + (isShort && mayLackCheckDigit(kind, digits.length - 1) ? digits.slice(0, -1) : digits)
}

/** Whether two identifiers are the same in any of their spellings. */
export function isSameIdentifier(one: Identifier, other: Identifier): boolean {
  if (groupOf(one.kind) !== groupOf(other.kind)) return false
  const theirs = digitsOf(other)
  return digitsOf(one) === theirs || spellingsOf(one).includes(theirs)
}

/** MSISDN and MDN share a group, because an MSISDN is an MDN with its country code. */
const groupOf = (kind: IdentifierKind): IdentifierKind => (kind === 'msisdn' ? 'mdn' : kind)

/** The key of a kind and its digits. An IMEI without check digit gets the computed one. */
const storedAs = (kind: IdentifierKind, digits: string): string =>
  kind === 'imei' && digits.length !== 15 ? `imei:${digits}${checkDigit(digits)}` : `${groupOf(kind)}:${digits}`

/**
 * The key under which an identifier is stored. It is equal for the usual spellings of an identifier: an IMEI of 14
 * digits or with a software version has the key of its form with 15 digits.
 */
export const identifierKey = (identifier: Identifier): string => storedAs(identifier.kind, digitsOf(identifier))

/** The keys of all identifiers of a device, without duplicates. */
export const identifierKeys = (device: Device): string[] => [...new Set(device.map(identifierKey))]

/** The keys under which the same device may be stored in another spelling, the most likely of each identifier first. */
export const lookUpKeys = (device: Device): string[] => [
  ...new Set(device.flatMap((each) => spellingsOf(each).map((digits) => storedAs(each.kind, digits)))),
]

/** The kind and the last four digits, for logs: enough to recognise a device, too little to identify it to others. */
export const maskIdentifier = (identifier: Identifier): string => `${identifier.kind}:...${identifier.id.slice(-4)}`

const deviceKinds: readonly IdentifierKind[] = ['eid', 'imei', 'meid', 'esn', 'mdn', 'msisdn', 'min', 'imsi']

/**
 * The two parts of a result's key: the device (by its EID, if the callback has one) and the profile (by its ICCID). A
 * part that the callback does not name is `-`.
 */
export function resultKeyOf(identifiers: Device): { device: string; profile: string } {
  const keyOf = (kind: IdentifierKind): string | undefined => {
    const id = idOf(identifiers, kind)
    return id === undefined ? undefined : identifierKey({ kind, id })
  }
  const [device = '-'] = deviceKinds.flatMap((kind) => keyOf(kind) ?? [])
  return { device, profile: keyOf('iccid') ?? '-' }
}
