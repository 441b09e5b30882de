import { eidOf } from '../builders.ts'
import type { Seeded } from './random.ts'

/** The identifiers of a physical card and its line. A card has one EID, one IMEI, one MDN and several profiles. */
export type Kind = 'eid' | 'iccid' | 'imei' | 'mdn' | 'msisdn'
export type Subject = { card: number; profile: number }
export type Named = { kind: string; id: string }

const digits = (value: number, length: number): string => String(value).padStart(length, '0')

/** The Luhn check digit of a number, as ITU-T E.118 (ICCID) and 3GPP 23.003 (IMEI) define it. */
function checkDigit(number: string): string {
  let sum = 0
  for (let index = 0; index < number.length; index += 1) {
    const digit = Number(number[number.length - 1 - index])
    const doubled = digit * (index % 2 === 0 ? 2 : 1)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return String((10 - (sum % 10)) % 10)
}
const isChecked = (number: string): boolean => checkDigit(number.slice(0, -1)) === number.slice(-1)

/**
 * Cards with an even number have ICCIDs of 20 digits, the others of 19; both exist. The digit before the profile
 * ensures that an ICCID without its check digit is not a valid number by accident.
 */
function iccid({ card, profile }: Subject): string {
  const start = card % 2 === 0 ? '8914820' : '891481'
  for (let filler = 0; ; filler += 1) {
    const body = `${start}${filler}${profile}${digits(card, 10)}`
    if (!isChecked(body)) return body + checkDigit(body)
  }
}

const mdn = (card: number): string => `202${digits(card, 7)}`
const imeiBody = (card: number): string => `35${digits(card, 12)}`

export function idOf(kind: Kind, subject: Subject): string {
  switch (kind) {
    case 'eid':
      return eidOf(subject.card)
    case 'iccid':
      return iccid(subject)
    case 'imei':
      return imeiBody(subject.card) + checkDigit(imeiBody(subject.card))
    case 'mdn':
      return mdn(subject.card)
    case 'msisdn':
      return `1${mdn(subject.card)}`
  }
}

const inGroups = (id: string): string => id.replaceAll(/(.{4})(?=.)/g, '$1 ')

/** The ways in which systems write one identifier. */
function spellings(kind: Kind, subject: Subject): readonly Named[] {
  const id = idOf(kind, subject)
  const written = (...ids: string[]): Named[] => ids.map((each) => ({ kind, id: each }))
  switch (kind) {
    case 'eid':
      return written(id, inGroups(id))
    case 'iccid':
      return written(id, id.slice(0, -1), inGroups(id), ...(id.length === 19 ? [`${id}F`, `${id}f`] : []))
    case 'imei':
      return written(id, id.slice(0, 14), `${id.slice(0, 14)}07`)
    case 'mdn':
      return [...written(id, `+1${id}`, `1${id}`), { kind: 'msisdn', id: `1${id}` }]
    case 'msisdn':
      return written(id, `+${id}`)
  }
}

const casings: readonly ((kind: string) => string)[] = [
  (kind) => kind,
  (kind) => kind.toUpperCase(),
  (kind) => kind.charAt(0).toUpperCase() + kind.slice(1),
]

/** A device as a message names it: plainly, or in any spelling if a random source is given. */
export const nameDevice = (subject: Subject, kinds: readonly Kind[], random?: Seeded): Named[] =>
  kinds.map((kind) => {
    if (random === undefined) return { kind, id: idOf(kind, subject) }
    const chosen = random.pick(spellings(kind, subject))
    return { kind: random.pick(casings)(chosen.kind), id: chosen.id }
  })

/**
 * A device as an order names it. ThingSpace accepts an IMEI of 14 to 16 digits and an ICCID of 18 to 20. `short`
 * omits the check digits.
 */
export const orderDevice = (subject: Subject, kinds: readonly Kind[], short = false): Named[] =>
  kinds.map((kind) => {
    const id = idOf(kind, subject)
    return { kind, id: short && (kind === 'imei' || kind === 'iccid') ? id.slice(0, -1) : id }
  })

/** The card that an identifier belongs to, in any spelling. Only an ICCID tells the profile. */
export function subjectOf({ kind, id }: Named): { card: number; profile: number | undefined } | undefined {
  const number = id.replaceAll(/\D/g, '')
  switch (kind.toLowerCase()) {
    case 'eid':
      return { card: Number(number.slice(20, 32)), profile: undefined }
    case 'iccid': {
      const at = number.startsWith('891482') ? 8 : 7
      return { card: Number(number.slice(at + 1, at + 11)), profile: Number(number[at]) }
    }
    case 'imei':
      return { card: Number(number.slice(2, 14)), profile: undefined }
    case 'mdn':
    case 'msisdn':
      return { card: Number(number.slice(-7)), profile: undefined }
    default:
      return undefined
  }
}

type SubjectNamed = { card: number; profile: number | undefined; kinds: ReadonlySet<string> }

/** Names are never changed in place, and those of stored results are read for each device and callback. */
const subjects = new WeakMap<readonly Named[], { is: SubjectNamed | undefined }>()

/** The card (and the profile, if known) that some identifiers belong to. */
export function subjectNamed(names: readonly Named[]): SubjectNamed | undefined {
  const known = subjects.get(names)
  if (known !== undefined) return known.is
  const is = readSubject(names)
  subjects.set(names, { is })
  return is
}

function readSubject(names: readonly Named[]): SubjectNamed | undefined {
  const found = names.flatMap((named) => subjectOf(named) ?? [])
  const [first] = found
  if (first === undefined) return undefined
  const kinds = new Set(names.map(({ kind }) => kind.toLowerCase()).map((kind) => (kind === 'msisdn' ? 'mdn' : kind)))
  return { card: first.card, profile: found.find(({ profile }) => profile !== undefined)?.profile, kinds }
}
