import type { Device, Identifier, IdentifierKind } from '../../../lib/profile/order/identifiers.ts'
import { fc } from '../../properties.ts'

const digits = (least: number, most: number) => fc.stringMatching(new RegExp(`^[0-9]{${least},${most}}$`))

/** Every identifier kind of a request body, in every length that it may have. */
const idsOf = {
  eid: digits(30, 32),
  iccid: digits(18, 20),
  imei: digits(14, 16),
  mdn: digits(10, 10),
  msisdn: digits(11, 11),
  meid: fc.stringMatching(/^[0-9A-F]{14}$/),
} satisfies Partial<Record<IdentifierKind, fc.Arbitrary<string>>>

const kinds = Object.keys(idsOf) as (keyof typeof idsOf)[]

/** A device with one or more identifiers of different kinds, in any order. */
export const anyDevice: fc.Arbitrary<Device> = fc
  .shuffledSubarray(kinds, { minLength: 1 })
  .chain((chosen) =>
    fc.tuple(...chosen.map((kind): fc.Arbitrary<Identifier> => idsOf[kind].map((id) => ({ kind, id })))),
  )
