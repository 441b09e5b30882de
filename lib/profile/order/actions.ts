import type { ActionName, Family } from './action-names.ts'
import type { BodyField, BodyFields } from './body-fields.ts'
import type { IdentifierKind } from './identifiers.ts'

export type CallbackService = 'DeviceProfileService' | 'CarrierService'

/** What one family's body of an action holds. */
export type BodyRule = {
  family: Family
  /** Kinds that every device needs. Empty: any one of `kinds` will do. */
  requiredKinds: readonly IdentifierKind[]
  /** Kinds that Verizon's sources name for this body; others of `kinds` are forwarded with a warning. */
  documentedKinds: readonly IdentifierKind[]
  kinds: readonly IdentifierKind[]
  fields: BodyFields
  callbackService: CallbackService
}

export type Action = {
  name: ActionName
  /** Running it twice does no harm, so a submission whose answer was lost may be sent again by itself. */
  repeatable: boolean
  /** How long results may take before a device is shown as `expired`. */
  resultsWithinSeconds: number
  /** `profiles-and-device`: one callback for each profile and one for the device, which alone is final. */
  callbacks: 'per-device' | 'profiles-and-device'
  bodies: readonly BodyRule[]
}

/** What Verizon's page of error messages lists as kinds of a device, and the EID. Most pages of actions name fewer. */
const platformKinds: readonly IdentifierKind[] = ['eid', 'iccid', 'imei', 'mdn', 'msisdn', 'meid', 'imsi', 'esn']

type Ids = {
  required: readonly IdentifierKind[]
  documented: readonly IdentifierKind[]
  /** Whether the page's list is complete, and any other kind certainly wrong. */
  only?: true
}

const rule = (
  family: Family,
  fields: { required: readonly BodyField[]; optional?: readonly BodyField[] },
  ids: Ids,
  { callbackService = 'DeviceProfileService' }: { callbackService?: CallbackService } = {},
): BodyRule => ({
  family,
  requiredKinds: ids.required,
  documentedKinds: ids.documented,
  kinds: ids.only === true ? ids.documented : platformKinds,
  fields: { optional: [], ...fields },
  callbackService,
})

const local = rule(
  'local',
  { required: ['accountName', 'smsrOid'] },
  { required: ['eid', 'iccid'], documented: ['eid', 'iccid'], only: true },
)

/** What the SDK sends with every action of a Global IoT profile; the pages name the plan in most. */
const planAndZip: readonly BodyField[] = ['servicePlan', 'mdnZipCode']
const globalKinds: readonly IdentifierKind[] = ['eid', 'iccid', 'imei', 'mdn']

const global = (required: readonly IdentifierKind[], more: readonly BodyField[] = planAndZip): BodyRule =>
  rule('global', { required: ['accountName'], optional: more }, { required, documented: globalKinds })

/** The pages of `activate` and `activate_enable` list these; that of `deactivate` is known in part only. */
const deviceKinds: readonly IdentifierKind[] = ['imei', 'iccid', 'mdn', 'eid']
const deactivation: readonly BodyField[] = [
  'carrierName',
  'reasonCode',
  'etfWaiver',
  'etfwaiver',
  'checkFallbackProfile',
]

const carrier = { callbackService: 'CarrierService' } as const

const hour = 3600
const day = 24 * hour

const action = (
  name: ActionName,
  repeatable: boolean,
  resultsWithinSeconds: number,
  bodies: readonly BodyRule[],
  callbacks: Action['callbacks'] = 'per-device',
): Action => ({ name, repeatable, resultsWithinSeconds, callbacks, bodies })

/**
 * The catalogue. Adding an action is adding a row (and its name above). A body belongs to the family that it fits best,
 * the earlier one where several fit: see body-family.ts. Sources and open points: docs/thingspace.md.
 */
export const actions: Readonly<Record<ActionName, Action>> = {
  download: action('download', false, day, [global(['eid', 'iccid'])]),
  download_enable: action('download_enable', false, day, [local, global(['eid', 'iccid'])]),
  download_disable: action('download_disable', false, day, [local]),
  enable: action('enable', true, day, [local, global(['eid', 'iccid'])]),
  disable: action('disable', true, day, [local]),
  delete: action('delete', false, day, [local, global(['eid', 'iccid'])]),
  setfallbackattribute: action('setfallbackattribute', true, day, [
    global(['eid', 'iccid', 'imei'], []),
    rule(
      'device',
      { required: ['accountName'], optional: ['carrierName'] },
      { required: [], documented: ['imei', 'iccid', 'eid'] },
    ),
  ]),
  activate: action('activate', false, day, [
    rule(
      'consumer',
      { required: ['accountName'], optional: ['servicePlan', 'carrierName', 'mdnZipCode'] },
      { required: ['eid', 'imei'], documented: ['eid', 'imei', 'iccid'] },
      carrier,
    ),
    global([]),
    rule(
      'device',
      {
        required: ['accountName'],
        optional: [...planAndZip, 'carrierName', 'smsrOid', 'smrsOid', 'carrierIpPoolName', 'primaryPlaceOfUse'],
      },
      { required: [], documented: deviceKinds },
      carrier,
    ),
  ]),
  activate_enable: action('activate_enable', false, day, [
    rule(
      'device',
      { required: ['accountName'], optional: [...planAndZip, 'carrierName'] },
      { required: [], documented: deviceKinds },
      carrier,
    ),
  ]),
  deactivate: action('deactivate', false, day, [
    rule(
      'consumer',
      { required: ['accountName'], optional: deactivation },
      { required: ['eid', 'iccid'], documented: ['eid', 'iccid'] },
      carrier,
    ),
    rule(
      'device',
      { required: ['accountName'], optional: deactivation },
      { required: [], documented: deviceKinds },
      carrier,
    ),
    global([], ['servicePlan', 'reasonCode', 'etfWaiver', 'etfwaiver']),
  ]),
  // Verizon limits suspensions and plan changes of a line, and may charge for them: a repeat is not known to be harmless.
  profile_suspend: action('profile_suspend', false, day, [global([])]),
  profile_resume: action('profile_resume', false, day, [global([])]),
  device_suspend: action('device_suspend', false, day, [global(['eid'])], 'profiles-and-device'),
  device_resume: action('device_resume', false, day, [global(['eid'])], 'profiles-and-device'),
  serviceplan: action('serviceplan', false, day, [global(['eid', 'iccid'])]),
  renew_activation_code: action('renew_activation_code', false, day, [
    rule(
      'consumer',
      { required: ['accountName'], optional: [...planAndZip, 'carrierName'] },
      { required: [], documented: ['imei', 'iccid', 'eid'] },
      carrier,
    ),
  ]),
}

/** The services that carry results; which of them carries an action's is partly undocumented, so all are listened to. */
export const callbackServices: readonly CallbackService[] = [
  ...new Set(Object.values(actions).flatMap(({ bodies }) => bodies.map(({ callbackService }) => callbackService))),
]
