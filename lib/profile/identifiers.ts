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

/** One text per identifier, comparable between requests and callbacks. */
export const identifierKey = (identifier: Identifier): string => `${identifier.kind}:${identifier.id}`

/** For logs: the kind and the last four digits, enough to recognise a device and too little to leak it. */
export const maskIdentifier = (identifier: Identifier): string => `${identifier.kind}:...${identifier.id.slice(-4)}`

const deviceKinds: readonly IdentifierKind[] = ['eid', 'imei', 'meid', 'esn', 'mdn', 'msisdn', 'min', 'imsi']

/**
 * What a callback names, as the two halves of a result's key: the device (EID first) and the profile (ICCID).
 * A message that names no device at all is kept under its profile alone.
 */
export function resultKeyOf(device: Device): { device: string; profile: string } {
  const profile = idOf(device, 'iccid')
  for (const kind of deviceKinds) {
    const id = idOf(device, kind)
    if (id !== undefined) return { device: `${kind}:${id}`, profile: profile === undefined ? '-' : `iccid:${profile}` }
  }
  return { device: '-', profile: profile === undefined ? '-' : `iccid:${profile}` }
}

/** The identifiers that get a device pointer: EID and ICCID, else whatever there is. */
export function pointerIdentifiers(device: Device): Identifier[] {
  const preferred = device.filter(({ kind }) => kind === 'eid' || kind === 'iccid')
  return preferred.length > 0 ? preferred : [...device]
}
