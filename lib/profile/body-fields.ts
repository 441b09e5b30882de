import * as z from 'zod/mini'

/**
 * The members of ThingSpace's own request bodies beside `devices`, one schema each.
 * ThingSpace refuses apostrophes, `<` and backslashes in any field (INPUT_INVALID.Request.InvalidCharacter); refusing
 * them here names the member, which ThingSpace's answer does not.
 */
const text = (maximum: number) =>
  z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(maximum),
      z.regex(/^[^'<\\\p{Cc}]*$/u, 'must not contain an apostrophe, "<", a backslash or a control character'),
    )

const nameText = z.strictObject({
  title: z.optional(text(20)),
  firstName: z.optional(text(20)),
  middleName: z.optional(text(20)),
  lastName: z.optional(text(60)),
  suffix: z.optional(text(20)),
})

const addressText = z.strictObject({
  addressLine1: text(120),
  addressLine2: z.optional(text(120)),
  addressLine3: z.optional(text(120)),
  addressLine4: z.optional(text(120)),
  city: z.optional(text(60)),
  state: z.optional(text(60)),
  zip: z.optional(text(10)),
  zip4: z.optional(text(10)),
  country: z.optional(text(60)),
  phone: z.optional(text(30)),
  phoneType: z.optional(text(10)),
  emailAddress: z.optional(text(120)),
})

/** Any printable name: ThingSpace's own pages use blanks and nine-digit numbers, so no pattern is imposed. */
export const AccountName = text(64)

export const bodyFields = {
  accountName: AccountName,
  smsrOid: z.string().check(z.regex(/^[0-9.]{3,46}$/, 'must be a dotted decimal object id of 3 to 46 characters')),
  servicePlan: text(64),
  carrierName: text(64),
  carrierIpPoolName: text(64),
  mdnZipCode: z.string().check(z.regex(/^\d{5}$/, 'must have 5 digits')),
  reasonCode: text(32),
  etfWaiver: z.boolean(),
  checkFallbackProfile: z.boolean(),
  primaryPlaceOfUse: z.strictObject({ customerName: z.optional(nameText), address: z.optional(addressText) }),
} as const
export type BodyField = keyof typeof bodyFields

/** Which members one family's body of an action has. */
export type BodyFields = { required: readonly BodyField[]; optional: readonly BodyField[] }

const optional = (names: readonly BodyField[]) => names.map((name) => [name, z.optional(bodyFields[name])])

const makeSchema = ({ required, optional: others }: BodyFields) =>
  z.strictObject(Object.fromEntries([...required.map((name) => [name, bodyFields[name]]), ...optional(others)]))

const made = new WeakMap<BodyFields, ReturnType<typeof makeSchema>>()

/**
 * A strict object schema: the named members required, the others optional, anything else refused. Made when the first
 * body asks for it, because a cold start would wait for all of the catalogue's.
 */
export function bodySchema(fields: BodyFields): ReturnType<typeof makeSchema> {
  const schema = made.get(fields) ?? makeSchema(fields)
  made.set(fields, schema)
  return schema
}
