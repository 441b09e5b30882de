import * as z from 'zod/mini'
import { type Findings, isRecord, step } from './body-faults.ts'

/**
 * The members of ThingSpace's own request bodies beside `devices`, one schema each. A message says what was expected.
 * ThingSpace refuses apostrophes, `<` and backslashes in any field (INPUT_INVALID.Request.InvalidCharacter); refusing
 * them here names the member, which ThingSpace's answer does not.
 */
const text = (minimum: number, maximum: number, example: string) => {
  const expected = `expected a text of ${minimum} to ${maximum} characters, such as "${example}"`
  return z
    .string(expected)
    .check(
      z.minLength(minimum, expected),
      z.maxLength(maximum, expected),
      z.regex(/^[^'<\\\p{Cc}]*$/u, 'must not contain an apostrophe, "<", a backslash or a control character'),
    )
}

const pattern = (regex: RegExp, expected: string) => z.string(expected).check(z.regex(regex, expected))

/** Verizon's pages show templates with empty texts, so an optional one may be empty. */
const optionalText = (example: string) => text(0, 256, example)

/** The pages show an object where the SDKs send an array of objects. */
const oneOrMany = <Schema extends z.ZodMiniType>(schema: Schema) => z.union([schema, z.array(schema)])

const placeNames = {
  customerName: ['title', 'firstName', 'middleName', 'lastName', 'suffix'],
  address: [
    'addressLine1',
    'addressLine2',
    'addressLine3',
    'addressLine4',
    'city',
    'state',
    'zip',
    'zip4',
    'zip+4',
    'country',
    'phone',
    'phoneType',
    'emailAddress',
  ],
} as const

const texts = (names: readonly string[], example: string) =>
  z.looseObject(Object.fromEntries(names.map((name) => [name, z.optional(optionalText(example))])))

const placeOfUse = z.looseObject({
  customerName: z.optional(oneOrMany(texts(placeNames.customerName, 'Lovelace'))),
  address: z.optional(oneOrMany(texts(placeNames.address, 'Trenton'))),
})

/** Any printable name: ThingSpace's own pages use blanks and nine-digit numbers, so no pattern is imposed. */
export const AccountName = text(1, 64, '0000123456-00001')

const smsrOid = pattern(/^[0-9.]{3,46}$/, 'expected digits and dots, such as "1.3.6.1.4.1.31746.1.500.200.101.5"')
const flag = z.boolean('expected true or false')

export const bodyFields = {
  accountName: AccountName,
  smsrOid,
  /** The spelling of Verizon's SDKs in `activate`. */
  smrsOid: smsrOid,
  servicePlan: optionalText('sp4g'),
  carrierName: optionalText('Verizon Wireless'),
  carrierIpPoolName: optionalText('IPPool1'),
  mdnZipCode: pattern(/^(\d{5})?$/, 'expected five digits in a text, such as "98801"'),
  reasonCode: optionalText('FF'),
  etfWaiver: flag,
  /** The spelling of the tables on Verizon's deactivate pages. */
  etfwaiver: flag,
  checkFallbackProfile: flag,
  primaryPlaceOfUse: oneOrMany(placeOfUse),
} as const
export type BodyField = keyof typeof bodyFields

export const isBodyField = (name: string): name is BodyField => Object.hasOwn(bodyFields, name)

/** Which members one family's body of an action has. */
export type BodyFields = { required: readonly BodyField[]; optional: readonly BodyField[] }

/** The members one family's body of an action has; others may stand beside them. */
export const bodySchema = ({ required, optional }: BodyFields) =>
  z.looseObject(
    Object.fromEntries([
      ...required.map((name) => [name, bodyFields[name]]),
      ...optional.map((name) => [name, z.optional(bodyFields[name])]),
    ]),
  )

/** Checks the value of a known member: what is wrong with it, and what stands in it that no source names. */
export function checkField(name: BodyField, value: unknown, faults: Findings, warnings: Findings): void {
  const parsed = bodyFields[name].safeParse(value)
  if (!parsed.success) for (const issue of parsed.error.issues) addIssue(issue, step(name), faults)
  else if (name === 'primaryPlaceOfUse') warnOfUnknown(value, step(name), Object.keys(placeNames), warnings)
}

function addIssue(issue: z.core.$ZodIssue, above: string, faults: Findings): void {
  const pointer = above + issue.path.map(step).join('')
  const [inner] = issue.code === 'invalid_union' ? issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a)) : []
  if (inner === undefined) faults.add(pointer, 'invalid', issue.message)
  else if (depthOf(inner) === 0) faults.add(pointer, 'invalid', 'expected an object, or an array of objects')
  else for (const each of inner) addIssue(each, pointer, faults)
}

/** The alternative of a union that was meant is the one whose faults lie deepest. */
const depthOf = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map(({ path }) => path.length))

function warnOfUnknown(value: unknown, pointer: string, known: readonly string[], warnings: Findings): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => warnOfUnknown(item, pointer + step(index), known, warnings))
  } else if (isRecord(value)) {
    for (const [name, inner] of Object.entries(value)) {
      if (!known.includes(name)) warnings.add(pointer + step(name), 'unknown-member', 'not documented; sent as it came')
      else if (name === 'customerName' || name === 'address') {
        warnOfUnknown(inner, pointer + step(name), placeNames[name], warnings)
      }
    }
  }
}
