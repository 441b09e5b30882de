import { createHash } from 'node:crypto'
import { allKinds, type Kind } from './actions.ts'

export type Identifier = { kind: Kind; id: string }

/**
 * The format of each identifier kind. Check digits are not verified, because none of Verizon's sample identifiers would
 * pass. Its sample EIDs have 30 digits, while the standard has 32.
 */
const formats: Record<Kind, RegExp> = {
  eid: /^\d{30,32}$/,
  iccid: /^\d{18,20}$/,
  imei: /^\d{14,16}$/,
  mdn: /^\d{10}$/,
  msisdn: /^\d{11}$/,
  meid: /^[0-9A-Fa-f]{14}$/,
  imsi: /^\d{14,15}$/,
  esn: /^\d{11}$/,
}

/** Parses an identifier kind, in any case. */
export const readKind = (text: string): Kind | undefined => allKinds.find((kind) => kind === text.toLowerCase())

/** Whether the id has the format of its kind. */
export const fitsKind = ({ kind, id }: Identifier): boolean => formats[kind].test(id)

/** All identifiers that the simulated ThingSpace knows for a device, whichever of them a request uses. */
export type Line = Record<Kind, string>

/** The identifiers of the documented `disable` example, so that its callback matches the documentation. */
const documentedLine = { eid: '666456789123456789123456784008', imei: '666456789014008', mdn: '2022326360' }

/**
 * Looks a device up in the simulated inventory. Returns the given identifiers and derives the others from the first of
 * them: EID, else ICCID, IMEI, MDN and so on. So a device has the same identifiers in every run and for every action.
 */
export const lineOf = (asked: readonly Identifier[]): Line => {
  const given = (kind: Kind) => asked.find((identifier) => identifier.kind === kind)?.id
  const anchor = allKinds.map(given).find((id) => id !== undefined) ?? ''
  const known = anchor === documentedLine.eid ? documentedLine : undefined
  const hash = createHash('sha256').update(anchor).digest('hex')
  const digits = BigInt(`0x${hash}`).toString().padStart(78, '0')
  const mdn = given('mdn') ?? known?.mdn ?? given('msisdn')?.slice(1) ?? `202${digits.slice(-54, -47)}`
  return {
    eid: given('eid') ?? `89033023${digits.slice(-24)}`,
    iccid: given('iccid') ?? `8914800000${digits.slice(-34, -24)}`,
    imei: given('imei') ?? known?.imei ?? `35${digits.slice(-47, -34)}`,
    mdn,
    msisdn: given('msisdn') ?? `1${mdn}`,
    meid: given('meid') ?? `A1${hash.slice(0, 12).toUpperCase()}`,
    imsi: given('imsi') ?? `310170${digits.slice(-63, -54)}`,
    esn: given('esn') ?? `09${digits.slice(-72, -63)}`,
  }
}

/** The ICCID of another profile on the same eUICC. */
export const otherIccid = (line: Line): string => lineOf([{ kind: 'eid', id: `${line.eid}/other` }]).iccid
