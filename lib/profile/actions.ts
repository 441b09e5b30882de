import type { ActionName, Family } from './action-names.ts'
import type { BodyField, BodyFields } from './body-fields.ts'
import type { IdentifierKind } from './identifiers.ts'

export type CallbackService = 'DeviceProfileService' | 'CarrierService'

/** What one family's body of an action holds. */
export type BodyRule = {
  family: Family
  /** A value that marks the family where no member does. */
  markedBy?: { field: BodyField; value: string }
  /** Kinds that every device needs. Empty: any one of `kinds` will do. */
  requiredKinds: readonly IdentifierKind[]
  kinds: readonly IdentifierKind[]
  fields: BodyFields
  callbackService: CallbackService
  /** Which of ThingSpace's status calls knows a single device's request of this body: a cure for a lost callback. */
  statusVersion?: 1 | 2
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

const anyKind: readonly IdentifierKind[] = ['imei', 'iccid', 'mdn', 'eid', 'msisdn', 'meid']
const globalKinds: readonly IdentifierKind[] = ['eid', 'iccid', 'imei', 'mdn', 'msisdn']

const rule = (
  family: Family,
  fields: { required: readonly BodyField[]; optional?: readonly BodyField[] },
  ids: { required: readonly IdentifierKind[]; kinds: readonly IdentifierKind[] },
  more: {
    callbackService?: CallbackService
    markedBy?: { field: BodyField; value: string }
    statusVersion?: 1 | 2
  } = {},
): BodyRule => ({
  family,
  requiredKinds: ids.required,
  kinds: ids.kinds,
  fields: { optional: [], ...fields },
  callbackService: more.callbackService ?? 'DeviceProfileService',
  ...(more.markedBy === undefined ? {} : { markedBy: more.markedBy }),
  ...(more.statusVersion === undefined ? {} : { statusVersion: more.statusVersion }),
})

const local = rule(
  'local',
  { required: ['accountName', 'smsrOid'] },
  { required: ['eid', 'iccid'], kinds: ['eid', 'iccid'] },
)

const global = (required: readonly IdentifierKind[], fields: readonly BodyField[] = ['servicePlan']): BodyRule =>
  rule(
    'global',
    { required: ['accountName'], optional: fields },
    { required, kinds: globalKinds },
    { statusVersion: 2 },
  )

const carrier = { callbackService: 'CarrierService' } as const
/** Two-way provisioning of a single device: the only thing version 1 of the status call knows. */
const provisioning = { ...carrier, statusVersion: 1 } as const

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
 * The catalogue. Adding an action is adding a row (and its name above). A body belongs to the first family that admits
 * all its members and the kinds of its devices, so the more particular family comes first. Sources and open points: docs/thingspace.md.
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
      { required: [], kinds: ['imei', 'iccid', 'eid'] },
    ),
  ]),
  activate: action('activate', false, day, [
    rule(
      'consumer',
      { required: ['accountName', 'servicePlan'], optional: ['carrierName', 'mdnZipCode'] },
      { required: ['eid', 'imei'], kinds: ['eid', 'imei', 'iccid'] },
      { ...provisioning, markedBy: { field: 'servicePlan', value: 'HybridESim' } },
    ),
    rule(
      'global',
      { required: ['accountName'], optional: ['servicePlan', 'mdnZipCode'] },
      { required: [], kinds: globalKinds },
      { statusVersion: 2 },
    ),
    rule(
      'device',
      {
        required: ['accountName'],
        optional: ['servicePlan', 'mdnZipCode', 'carrierName', 'smsrOid', 'carrierIpPoolName', 'primaryPlaceOfUse'],
      },
      { required: [], kinds: anyKind },
      provisioning,
    ),
  ]),
  activate_enable: action('activate_enable', false, day, [
    rule(
      'device',
      { required: ['accountName'], optional: ['servicePlan', 'mdnZipCode', 'carrierName'] },
      { required: [], kinds: anyKind },
      carrier,
    ),
  ]),
  deactivate: action('deactivate', false, day, [
    rule(
      'consumer',
      { required: ['accountName'], optional: ['carrierName', 'reasonCode', 'etfWaiver', 'checkFallbackProfile'] },
      { required: ['eid', 'iccid'], kinds: ['eid', 'iccid'] },
      provisioning,
    ),
    rule(
      'device',
      {
        required: ['accountName'],
        optional: ['carrierName', 'reasonCode', 'etfWaiver', 'checkFallbackProfile'],
      },
      { required: [], kinds: anyKind },
      provisioning,
    ),
    rule(
      'global',
      { required: ['accountName'], optional: ['servicePlan', 'reasonCode', 'etfWaiver'] },
      { required: [], kinds: globalKinds },
      { statusVersion: 2 },
    ),
  ]),
  profile_suspend: action('profile_suspend', true, day, [global(['iccid'])]),
  profile_resume: action('profile_resume', true, day, [global(['iccid'])]),
  device_suspend: action('device_suspend', true, day, [global(['eid'], [])], 'profiles-and-device'),
  device_resume: action('device_resume', true, day, [global(['eid'], [])], 'profiles-and-device'),
  serviceplan: action('serviceplan', true, day, [global(['eid', 'iccid'])]),
  renew_activation_code: action('renew_activation_code', false, day, [
    rule(
      'consumer',
      { required: ['accountName'], optional: ['carrierName', 'servicePlan'] },
      { required: ['imei', 'iccid'], kinds: ['imei', 'iccid', 'eid'] },
      carrier,
    ),
  ]),
}

/** The services that carry results; which of them carries an action's is partly undocumented, so all are listened to. */
export const callbackServices: readonly CallbackService[] = [
  ...new Set(Object.values(actions).flatMap(({ bodies }) => bodies.map(({ callbackService }) => callbackService))),
]

/** The version of ThingSpace's status call that knows a single device's request of this action and family, if any does. */
export const statusVersionOf = (name: ActionName, family: Family): 1 | 2 | undefined =>
  actions[name].bodies.find((body) => body.family === family)?.statusVersion
