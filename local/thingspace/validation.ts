import * as z from 'zod'
import { type Action, type Family, familyOf, kindRule } from './actions.ts'
import type { Answer } from './answers.ts'
import { type ErrorCode, type ErrorFormat, refusal } from './errors.ts'
import { fitsKind, type Identifier, readKind } from './identifiers.ts'
import { parseJson } from './json.ts'
import { magicOutcome } from './magic-identifiers.ts'

/** A body that ThingSpace would accept, and what follows from it. */
export type ProfileRequest = {
  action: Action
  family: Family
  accountName: string
  servicePlan: string | undefined
  smsrOid: string | undefined
  /** The devices as they were asked for, kinds in lower case. */
  devices: Identifier[][]
  body: ProfileBody
}

const Ids = z.array(z.looseObject({ kind: z.string(), id: z.string() })).min(1)

const ProfileBody = z.looseObject({
  // Verizon's SDKs write `ids` in deactivate where its pages write `deviceIds`; both get through.
  devices: z.array(z.union([z.looseObject({ deviceIds: Ids }), z.looseObject({ ids: Ids })])).min(1),
  accountName: z.string(),
  smsrOid: z.string().min(1).optional(),
  servicePlan: z.string().optional(),
  carrierName: z.string().optional(),
  mdnZipCode: z
    .string()
    .regex(/^\d{5}$/, 'five digits')
    .optional(),
  reasonCode: z.string().optional(),
  etfWaiver: z.boolean().optional(),
  checkFallbackProfile: z.boolean().optional(),
})
export type ProfileBody = z.infer<typeof ProfileBody>

/** Only what must be known before the whole body is believed. */
const Beginning = z.looseObject({ accountName: z.unknown().optional(), devices: z.array(z.unknown()).optional() })

/** A service plan that does not exist, so that a client can meet the error. */
export const unknownServicePlan = 'NO_SUCH_PLAN'

const manyDevices = 200
const mostDevices = 10_000

class Refused extends Error {
  readonly code: ErrorCode
  readonly detail: string
  constructor(code: ErrorCode, detail = '') {
    super(code)
    this.code = code
    this.detail = detail
  }
}

/** Checks a body as strictly as Verizon's pages do, and refuses the whole request for one bad device. */
export const readProfileRequest = (
  action: Action,
  text: string,
  accounts: readonly string[] | undefined,
): ProfileRequest | Answer => {
  const value = parseJson(text)
  try {
    return check(action, text, value, accounts)
  } catch (error) {
    if (error instanceof Refused) return refusal(error.code, error.detail, formatOf(action, value))
    throw error
  }
}

/** The Global IoT pages and both set-fallback pages speak of a 3-digit errorCode, the others of dotted codes. */
const formatOf = (action: Action, value: unknown): ErrorFormat =>
  action === 'setfallbackattribute' || guessFamily(action, value) === 'global' ? 'three-digit' : 'dotted'

const guessFamily = (action: Action, value: unknown): Family => {
  const body = ProfileBody.partial().safeParse(value)
  const members = new Set(typeof value === 'object' && value !== null ? Object.keys(value) : [])
  const firstDevice = body.success ? body.data.devices?.[0] : undefined
  const kinds = new Set(firstDevice === undefined ? [] : idsOf(firstDevice).map(({ kind }) => kind.toLowerCase()))
  return familyOf(action, { members, servicePlan: body.success ? body.data.servicePlan : undefined, kinds })
}

type RawDevice = ProfileBody['devices'][number]

// Parsed again only to tell the two spellings apart without a cast; a device holds two or three ids.
const idsOf = (device: RawDevice) => Ids.parse(device['deviceIds'] ?? device['ids'])

const check = (
  action: Action,
  text: string,
  value: unknown,
  accounts: readonly string[] | undefined,
): ProfileRequest => {
  if (text.trim() === '') throw new Refused('INPUT_INVALID.RequestUndefined')
  const beginning = Beginning.safeParse(value)
  if (!beginning.success) throw new Refused('DeserializationFailed', 'the body is no JSON object of the right form')
  if (Object.keys(beginning.data).length === 0) throw new Refused('INPUT_INVALID.RequestUndefined')
  refuseForbiddenCharacters(value)
  const { accountName } = beginning.data
  if (accountName === undefined || accountName === '') throw new Refused('INPUT_INVALID.Account.NotDefined')

  const parsed = ProfileBody.safeParse(value)
  if (!parsed.success) throw new Refused('DeserializationFailed', firstIssue(parsed.error))
  const body = parsed.data
  if (accounts !== undefined && !accounts.includes(body.accountName))
    throw new Refused('REQUEST_FAILED.AccountNotFound')
  const family = guessFamily(action, value)
  if (body.devices.length > mostDevices) throw new Refused('INPUT_INVALID.MaxRequestsExceeded')
  if (family !== 'global' && body.devices.length > manyDevices) throw new Refused('INPUT_INVALID.NumberofDevices')
  if (family === 'local' && body.smsrOid === undefined) throw new Refused('DeserializationFailed', 'smsrOid')
  if (body.servicePlan === unknownServicePlan) throw new Refused('REQUEST_FAILED._servicePlan_.NotFound')
  const { servicePlan, smsrOid } = body
  const devices = body.devices.map((device) => readDevice(device, action, family))
  return { action, family, accountName: body.accountName, servicePlan, smsrOid, devices, body }
}

const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0]
  return issue === undefined ? '' : `${issue.path.join('.')} ${issue.message}`
}

const readDevice = (device: RawDevice, action: Action, family: Family): Identifier[] => {
  const rule = kindRule(action, family)
  const asked = idsOf(device).map(({ kind: spelling, id }) => {
    const kind = readKind(spelling)
    const allowed = kind !== undefined && [...(rule?.required ?? []), ...(rule?.others ?? [])].includes(kind)
    if (!allowed) throw new Refused('INPUT_INVALID.Device.Kind.Invalid', spelling)
    const identifier = { kind, id }
    // Neither the device nor its place in the request is named, as ThingSpace does not name them either.
    if (!fitsKind(identifier)) throw new Refused('INPUT_INVALID.Device.Identifier.Invalid')
    return identifier
  })
  const missing = rule?.required.find((kind) => !asked.some((identifier) => identifier.kind === kind))
  if (missing !== undefined) throw new Refused('DeserializationFailed', `a device without ${missing}`)
  const outcome = magicOutcome(asked)
  if (outcome.kind === 'refused') throw new Refused(outcome.code)
  return asked
}

/** The pages forbid these three characters in every field, wherever it stands. */
const refuseForbiddenCharacters = (value: unknown): void => {
  if (typeof value === 'string') {
    if (/['<\\]/.test(value)) throw new Refused('INPUT_INVALID.Request.InvalidCharacter')
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) refuseForbiddenCharacters(member)
  }
}
