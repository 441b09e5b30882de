import * as z from 'zod'
import { type Action, type Family, familyOf, type Reading } from '../actions.ts'
import type { Answer } from './answers.ts'
import { checkDevice, Devices, identifiersOf } from './devices.ts'
import { type ErrorFormat, refusal } from './errors.ts'
import type { Identifier } from '../identifiers.ts'
import { parseJson } from '../../parse-json.ts'
import { Refused } from './refused.ts'
import type { SimulatorSettings } from '../settings.ts'

/** A request body that ThingSpace would accept, with the values derived from it. */
export type ProfileRequest = {
  action: Action
  family: Family
  accountName: string
  servicePlan: string | undefined
  smsrOid: string | undefined
  /** The devices of the body, with identifier kinds in lower case. */
  devices: Identifier[][]
  body: ProfileBody
}

const Anything = z.looseObject({
  accountName: z.string(),
  servicePlan: z.string().optional(),
  smsrOid: z.string().optional(),
})
export type ProfileBody = z.infer<typeof Anything>

/** The members on Verizon's pages and in its SDKs, with their documented types. */
const members = {
  accountName: z.string(),
  smsrOid: z.string().min(1).optional(),
  smrsOid: z.string().optional(),
  servicePlan: z.string().optional(),
  carrierName: z.string().optional(),
  carrierIpPoolName: z.string().optional(),
  mdnZipCode: z
    .string()
    .regex(/^(\d{5})?$/, 'five digits')
    .optional(),
  reasonCode: z.string().optional(),
  etfWaiver: z.boolean().optional(),
  etfwaiver: z.boolean().optional(),
  checkFallbackProfile: z.boolean().optional(),
  primaryPlaceOfUse: z.unknown().optional(),
}

/** The body schema of each reading. The strict one has the limits of the SDK's models and refuses other members. */
const bodies = {
  permissive: Anything.extend({ devices: Devices.permissive }),
  documented: z.looseObject({ ...members, devices: Devices.documented }),
  strict: z.strictObject({
    ...members,
    accountName: z.string().regex(/^[0-9-]{3,32}$/, 'digits and hyphens'),
    smsrOid: z
      .string()
      .regex(/^[0-9.]{3,46}$/, 'digits and dots')
      .optional(),
    servicePlan: z
      .string()
      .regex(/^[A-Za-z0-9 ]{3,32}$/, 'letters, digits and blanks')
      .optional(),
    reasonCode: z
      .string()
      .regex(/^[0-9A-Z]{2,32}$/, 'capitals and digits')
      .optional(),
    devices: Devices.strict,
  }),
} as const satisfies Record<Reading, z.ZodType>

/** Maximum devices per request. Verizon's SDK allows 100, the error page 200, the Global pages 10,000, and SOAP's page 1. */
const mostDevices = 10_000
const limits: Record<Reading, Record<Family, number>> = {
  permissive: { local: mostDevices, device: mostDevices, consumer: mostDevices, global: mostDevices },
  documented: { local: 200, device: 200, consumer: 200, global: mostDevices },
  strict: { local: 1, device: 100, consumer: 100, global: 100 },
}

/** The members that are needed before the whole body is validated. */
const Beginning = z.looseObject({ accountName: z.unknown().optional(), devices: z.array(z.unknown()).optional() })

/** A service plan that does not exist, so that clients can provoke the error. */
export const unknownServicePlan = 'NO_SUCH_PLAN'

type Rules = Pick<SimulatorSettings, 'accounts' | 'reading'>

/** Validates a body in the current reading. One invalid device refuses the whole request. */
export const readProfileRequest = (action: Action, text: string, rules: Rules): ProfileRequest | Answer => {
  const value = parseJson(text)
  try {
    return check(action, { text, value }, rules)
  } catch (error) {
    if (error instanceof Refused) return refusal(error.code, error.detail, formatOf(action, value))
    throw error
  }
}

/** The Global IoT pages and both set-fallback pages document a 3-digit errorCode. The others document dotted codes. */
const formatOf = (action: Action, value: unknown): ErrorFormat =>
  action === 'setfallbackattribute' || guessFamily(action, value) === 'global' ? 'three-digit' : 'dotted'

const guessFamily = (action: Action, value: unknown): Family => {
  const body = Beginning.safeParse(value)
  if (!body.success) return familyOf(action, { members: new Set(), kinds: new Set() })
  const [first = []] = identifiersOf(body.data.devices)
  return familyOf(action, {
    members: new Set(Object.keys(body.data)),
    kinds: new Set(first.map(({ kind }) => kind.toLowerCase())),
  })
}

type ReceivedBody = { text: string; value: unknown }

const check = (action: Action, { text, value }: ReceivedBody, { accounts, reading }: Rules): ProfileRequest => {
  if (text.trim() === '') throw new Refused('INPUT_INVALID.RequestUndefined')
  const beginning = Beginning.safeParse(value)
  if (!beginning.success) throw new Refused('DeserializationFailed', 'the body is not a JSON object of the right form')
  if (Object.keys(beginning.data).length === 0) throw new Refused('INPUT_INVALID.RequestUndefined')
  refuseForbiddenCharacters(value)
  const { accountName } = beginning.data
  if (accountName === undefined || accountName === '') throw new Refused('INPUT_INVALID.Account.NotDefined')

  const parsed = bodies[reading].safeParse(value)
  if (!parsed.success) throw new Refused('DeserializationFailed', firstIssue(parsed.error))
  const body: ProfileBody = parsed.data
  if (accounts !== undefined && !accounts.includes(body.accountName))
    throw new Refused('REQUEST_FAILED.AccountNotFound')
  const family = guessFamily(action, value)
  const devices = identifiersOf(body['devices'])
  if (devices.length > mostDevices) throw new Refused('INPUT_INVALID.MaxRequestsExceeded')
  if (devices.length > limits[reading][family]) throw new Refused('INPUT_INVALID.NumberofDevices')
  const { servicePlan, smsrOid } = body
  if (family === 'local' && smsrOid === undefined && reading !== 'permissive') {
    throw new Refused('DeserializationFailed', 'smsrOid')
  }
  if (servicePlan === unknownServicePlan) throw new Refused('REQUEST_FAILED._servicePlan_.NotFound')
  return {
    action,
    family,
    accountName: body.accountName,
    servicePlan,
    smsrOid,
    devices: devices.map((ids) => checkDevice(ids, { action, family, reading })),
    body,
  }
}

const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0]
  return issue === undefined ? '' : `${issue.path.join('.')} ${issue.message}`
}

/** Verizon's pages forbid these three characters in every field. */
const refuseForbiddenCharacters = (value: unknown): void => {
  if (typeof value === 'string') {
    if (/['<\\]/.test(value)) throw new Refused('INPUT_INVALID.Request.InvalidCharacter')
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) refuseForbiddenCharacters(member)
  }
}
