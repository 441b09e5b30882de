import * as z from 'zod'

/**
 * The members of ThingSpace's own request bodies beside `devices`, one schema each.
 * ThingSpace refuses apostrophes, `<` and backslashes in any field (INPUT_INVALID.Request.InvalidCharacter); refusing
 * them here names the member, which ThingSpace's answer does not.
 */
const text = (maximum: number) =>
  z
    .string()
    .min(1)
    .max(maximum)
    .regex(/^[^'<\\\p{Cc}]*$/u, 'must not contain an apostrophe, "<", a backslash or a control character')

const nameText = z.strictObject({
  title: text(20).optional(),
  firstName: text(20).optional(),
  middleName: text(20).optional(),
  lastName: text(60).optional(),
  suffix: text(20).optional(),
})

const addressText = z.strictObject({
  addressLine1: text(120),
  addressLine2: text(120).optional(),
  addressLine3: text(120).optional(),
  addressLine4: text(120).optional(),
  city: text(60).optional(),
  state: text(60).optional(),
  zip: text(10).optional(),
  zip4: text(10).optional(),
  country: text(60).optional(),
  phone: text(30).optional(),
  phoneType: text(10).optional(),
  emailAddress: text(120).optional(),
})

/** Any printable name: ThingSpace's own pages use blanks and nine-digit numbers, so no pattern is imposed. */
export const AccountName = text(64)

export const bodyFields = {
  accountName: AccountName,
  smsrOid: z.string().regex(/^[0-9.]{3,46}$/, 'must be a dotted decimal object id of 3 to 46 characters'),
  servicePlan: text(64),
  carrierName: text(64),
  carrierIpPoolName: text(64),
  mdnZipCode: z.string().regex(/^\d{5}$/, 'must have 5 digits'),
  reasonCode: text(32),
  etfWaiver: z.boolean(),
  checkFallbackProfile: z.boolean(),
  primaryPlaceOfUse: z.strictObject({ customerName: nameText.optional(), address: addressText.optional() }),
} as const
export type BodyField = keyof typeof bodyFields

const optional = <Field extends BodyField>(...names: Field[]) =>
  names.map((name) => [name, bodyFields[name].optional()])

/** A strict object schema: the named members required, the others optional, anything else refused. */
export function bodySchema(required: readonly BodyField[], others: readonly BodyField[] = []) {
  return z.strictObject(
    Object.fromEntries([...required.map((name) => [name, bodyFields[name]]), ...optional(...others)]),
  )
}
