import type { ActionName, Family } from './action-names.ts'
import type { BodyField, BodyFields } from './body-fields.ts'
import type { IdentifierKind } from './identifiers.ts'

/** The service names under which a callback listener is registered with ThingSpace. */
export type CallbackService = 'DeviceProfileService' | 'CarrierService'

/** The body of an action in one family. */
export type BodyRule = {
  family: Family
  /** Identifier kinds that every device needs. If empty, one identifier of any allowed kind is enough. */
  requiredKinds: readonly IdentifierKind[]
  /** Identifier kinds that Verizon's sources name for this body. Other allowed kinds are forwarded with a warning. */
  documentedKinds: readonly IdentifierKind[]
  /** Allowed identifier kinds. Others are refused. */
  kinds: readonly IdentifierKind[]
  fields: BodyFields
  callbackService: CallbackService
}

export type Action = {
  name: ActionName
  /** Running the action twice is harmless, so an unconfirmed submission is sent again without a decision. */
  repeatable: boolean
  /** How long results may take before a device expires. */
  resultsWithinSeconds: number
  /**
   * The callbacks of one device. `profiles-and-device`: one for each profile and one for the device. Only that of the
   * device is final.
   */
  callbacks: 'per-device' | 'profiles-and-device'
  /** One rule for each family. If a body fits several equally well, the first is reported. */
  bodies: readonly BodyRule[]
}

/** The kinds in Verizon's list of error messages, and the EID. The pages of most actions name fewer. */
const platformKinds: readonly IdentifierKind[] = ['eid', 'iccid', 'imei', 'mdn', 'msisdn', 'meid', 'imsi', 'esn']

const rule = (
  own: Omit<BodyRule, 'kinds' | 'callbackService'> & Partial<Pick<BodyRule, 'kinds' | 'callbackService'>>,
): BodyRule => ({ kinds: platformKinds, callbackService: 'DeviceProfileService', ...own })

const fieldsOf = (optional: readonly BodyField[]): BodyFields => ({ required: ['accountName'], optional })

const eidAndIccid: readonly IdentifierKind[] = ['eid', 'iccid']

/** Local profiles. Verizon's page gives the complete list of kinds, so any other kind is refused. */
const local = rule({
  family: 'local',
  fields: { required: ['accountName', 'smsrOid'], optional: [] },
  requiredKinds: eidAndIccid,
  documentedKinds: eidAndIccid,
  kinds: eidAndIccid,
})

/** The SDKs send both with every action of a Global IoT profile. Most pages name the plan only. */
const planAndZip: readonly BodyField[] = ['servicePlan', 'mdnZipCode']

const global = (requiredKinds: readonly IdentifierKind[], optional = planAndZip): BodyRule =>
  rule({
    family: 'global',
    fields: fieldsOf(optional),
    requiredKinds,
    documentedKinds: ['eid', 'iccid', 'imei', 'mdn'],
  })

/** Actions of the carrier service on a device with any one identifier. */
const carrierDevice = (optional: readonly BodyField[]): BodyRule =>
  rule({
    family: 'device',
    fields: fieldsOf(optional),
    requiredKinds: [],
    // From the pages of activate and activate_enable. That of deactivate is known in part only.
    documentedKinds: ['imei', 'iccid', 'mdn', 'eid'],
    callbackService: 'CarrierService',
  })

/** Actions of the carrier service on a consumer device. */
const carrierConsumer = (
  requiredKinds: readonly IdentifierKind[],
  documentedKinds: readonly IdentifierKind[],
  optional: readonly BodyField[],
): BodyRule =>
  rule({
    family: 'consumer',
    fields: fieldsOf(optional),
    requiredKinds,
    documentedKinds,
    callbackService: 'CarrierService',
  })

const deactivation: readonly BodyField[] = [
  'carrierName',
  'reasonCode',
  'etfWaiver',
  'etfwaiver',
  'checkFallbackProfile',
]

/** By default an action is not repeatable, and each device has one callback within a day. */
const action = (
  name: ActionName,
  bodies: readonly BodyRule[],
  options: Partial<Pick<Action, 'repeatable' | 'callbacks'>> = {},
): Action => ({
  name,
  repeatable: false,
  resultsWithinSeconds: 24 * 3600,
  callbacks: 'per-device',
  bodies,
  ...options,
})

/**
 * The catalogue of actions. To add one, add its name (action-names.ts) and a row here. docs/thingspace.md lists the
 * sources and the open points.
 */
export const actions: Readonly<Record<ActionName, Action>> = {
  download: action('download', [global(eidAndIccid)]),
  download_enable: action('download_enable', [local, global(eidAndIccid)]),
  download_disable: action('download_disable', [local]),
  enable: action('enable', [local, global(eidAndIccid)], { repeatable: true }),
  disable: action('disable', [local], { repeatable: true }),
  delete: action('delete', [local, global(eidAndIccid)]),
  setfallbackattribute: action(
    'setfallbackattribute',
    [
      global(['eid', 'iccid', 'imei'], []),
      rule({
        family: 'device',
        fields: fieldsOf(['carrierName']),
        requiredKinds: [],
        documentedKinds: ['imei', 'iccid', 'eid'],
      }),
    ],
    { repeatable: true },
  ),
  activate: action('activate', [
    carrierConsumer(['eid', 'imei'], ['eid', 'imei', 'iccid'], ['servicePlan', 'carrierName', 'mdnZipCode']),
    global([]),
    carrierDevice([...planAndZip, 'carrierName', 'smsrOid', 'smrsOid', 'carrierIpPoolName', 'primaryPlaceOfUse']),
  ]),
  activate_enable: action('activate_enable', [carrierDevice([...planAndZip, 'carrierName'])]),
  deactivate: action('deactivate', [
    carrierConsumer(eidAndIccid, eidAndIccid, deactivation),
    carrierDevice(deactivation),
    global([], ['servicePlan', 'reasonCode', 'etfWaiver', 'etfwaiver']),
  ]),
  // Not repeatable: Verizon limits suspensions and plan changes of a line, and may charge for them.
  profile_suspend: action('profile_suspend', [global([])]),
  profile_resume: action('profile_resume', [global([])]),
  device_suspend: action('device_suspend', [global(['eid'])], { callbacks: 'profiles-and-device' }),
  device_resume: action('device_resume', [global(['eid'])], { callbacks: 'profiles-and-device' }),
  serviceplan: action('serviceplan', [global(eidAndIccid)]),
  renew_activation_code: action('renew_activation_code', [
    carrierConsumer([], ['imei', 'iccid', 'eid'], [...planAndZip, 'carrierName']),
  ]),
}

/**
 * All services that send callbacks. A listener is registered for each of them, because Verizon's pages do not always
 * say which service reports an action.
 */
export const callbackServices: readonly CallbackService[] = [
  ...new Set(Object.values(actions).flatMap(({ bodies }) => bodies.map(({ callbackService }) => callbackService))),
]
