import * as z from 'zod/mini'
import { type Findings, isRecord, type Notes, step } from './body-faults.ts'

/**
 * Text that ThingSpace accepts. It refuses apostrophes, `<` and backslashes in any field
 * (INPUT_INVALID.Request.InvalidCharacter) without naming the field, so they are refused here with a pointer.
 */
const text = (minimum: number, maximum: number, example: string) => {
  const expected = `expected a string of ${minimum} to ${maximum} characters, such as "${example}"`
  return z
    .string(expected)
    .check(
      z.minLength(minimum, expected),
      z.maxLength(maximum, expected),
      z.regex(/^[^'<\\\p{Cc}]*$/u, 'must not contain an apostrophe, "<", a backslash or a control character'),
    )
}

const pattern = (regex: RegExp, expected: string) => z.string(expected).check(z.regex(regex, expected))

/** An optional text may be empty, as in the templates on Verizon's pages. */
const optionalText = (example: string) => text(0, 256, example)

/** An object as on Verizon's pages, or an array of objects as Verizon's SDKs send it. */
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

/** ThingSpace's pages show names with spaces and nine-digit numbers, so no pattern is imposed. */
export const AccountName = text(1, 64, '0000123456-00001')

const smsrOid = pattern(/^[0-9.]{3,46}$/, 'expected digits and dots, such as "1.3.6.1.4.1.31746.1.500.200.101.5"')
const flag = z.boolean('expected true or false')

/** The schemas of the known members of ThingSpace's request bodies, except `devices`. */
export const bodyFields = {
  accountName: AccountName,
  smsrOid,
  /** Spelled like this by Verizon's SDKs in `activate`. */
  smrsOid: smsrOid,
  servicePlan: optionalText('sp4g'),
  carrierName: optionalText('Verizon Wireless'),
  carrierIpPoolName: optionalText('IPPool1'),
  mdnZipCode: pattern(/^(\d{5})?$/, 'expected a string of five digits, such as "98801"'),
  reasonCode: optionalText('FF'),
  etfWaiver: flag,
  /** Spelled like this in the tables on Verizon's deactivate pages. */
  etfwaiver: flag,
  checkFallbackProfile: flag,
  primaryPlaceOfUse: oneOrMany(placeOfUse),
} as const
export type BodyField = keyof typeof bodyFields

export const isBodyField = (name: string): name is BodyField => Object.hasOwn(bodyFields, name)

/** The members of an action's body in one family. */
export type BodyFields = { required: readonly BodyField[]; optional: readonly BodyField[] }

/** The schema of these members, for the OpenAPI document. It allows further members. */
export const bodySchema = ({ required, optional }: BodyFields) =>
  z.looseObject(
    Object.fromEntries([
      ...required.map((name) => [name, bodyFields[name]]),
      ...optional.map((name) => [name, z.optional(bodyFields[name])]),
    ]),
  )

/** Checks the value of a known member. Invalid content is a fault. An undocumented name inside it is a warning. */
export function checkField(name: BodyField, value: unknown, { faults, warnings }: Notes): void {
  const parsed = bodyFields[name].safeParse(value)
  if (!parsed.success) for (const issue of parsed.error.issues) addIssue(issue, step(name), faults)
  else if (name === 'primaryPlaceOfUse')
    warnOfUnknown(value, { pointer: step(name), known: Object.keys(placeNames) }, warnings)
}

function addIssue(issue: z.core.$ZodIssue, parentPointer: string, faults: Findings): void {
  const pointer = parentPointer + issue.path.map(step).join('')
  const [inner] = issue.code === 'invalid_union' ? issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a)) : []
  if (inner === undefined) faults.add(pointer, 'invalid', issue.message)
  else if (depthOf(inner) === 0) faults.add(pointer, 'invalid', 'expected an object, or an array of objects')
  else for (const each of inner) addIssue(each, pointer, faults)
}

/** The caller meant the alternative of a union whose faults are deepest. */
const depthOf = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map(({ path }) => path.length))

function warnOfUnknown(
  value: unknown,
  { pointer, known }: { pointer: string; known: readonly string[] },
  warnings: Findings,
): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => warnOfUnknown(item, { pointer: pointer + step(index), known }, warnings))
  } else if (isRecord(value)) {
    for (const [name, inner] of Object.entries(value)) {
      if (!known.includes(name))
        warnings.add(pointer + step(name), 'unknown-member', 'not documented; forwarded unchanged')
      else if (name === 'customerName' || name === 'address') {
        warnOfUnknown(inner, { pointer: pointer + step(name), known: placeNames[name] }, warnings)
      }
    }
  }
}
