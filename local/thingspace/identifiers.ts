import { createHash } from 'node:crypto'
import type { Kind } from './actions.ts'

export type Identifier = { kind: Kind; id: string }

/**
 * Digits and lengths of an identifier. Check digits are not tested: none of Verizon's own sample ids would pass, and
 * its sample EIDs have 30 digits where the standard has 32.
 */
const formats: Record<Kind, RegExp> = {
  eid: /^\d{30,32}$/,
  iccid: /^\d{18,20}$/,
  imei: /^\d{14,16}$/,
  mdn: /^\d{10}$/,
}

/** Reads a kind in any casing. */
export const readKind = (text: string): Kind | undefined => {
  const kind = text.toLowerCase()
  return kind === 'eid' || kind === 'iccid' || kind === 'imei' || kind === 'mdn' ? kind : undefined
}

/** Whether the id can be one of its kind. */
export const fitsKind = ({ kind, id }: Identifier): boolean => formats[kind].test(id)

/** Everything that ThingSpace knows of one device, whatever few ids it was asked by. */
export type Line = Record<Kind, string>

/** The line of the documentation's `disable` example, so that its callback comes out as printed there. */
const documentedLine = { eid: '666456789123456789123456784008', imei: '666456789014008', mdn: '2022326360' }

/**
 * The simulated inventory: the ids asked for, the others derived from them. A device has the same line in every run
 * and under every action, as long as it is named by the same EID (else ICCID, IMEI, MDN).
 */
export const lineOf = (asked: readonly Identifier[]): Line => {
  const given = (kind: Kind) => asked.find((identifier) => identifier.kind === kind)?.id
  const anchor = given('eid') ?? given('iccid') ?? given('imei') ?? given('mdn') ?? ''
  const known = anchor === documentedLine.eid ? documentedLine : undefined
  const digits = BigInt(`0x${createHash('sha256').update(anchor).digest('hex')}`)
    .toString()
    .padStart(78, '0')
  return {
    eid: given('eid') ?? `89033023${digits.slice(-24)}`,
    iccid: given('iccid') ?? `8914800000${digits.slice(-34, -24)}`,
    imei: given('imei') ?? known?.imei ?? `35${digits.slice(-47, -34)}`,
    mdn: given('mdn') ?? known?.mdn ?? `202${digits.slice(-54, -47)}`,
  }
}

/** Another profile on the same eUICC. */
export const otherIccid = (line: Line): string => lineOf([{ kind: 'eid', id: `${line.eid}/other` }]).iccid
