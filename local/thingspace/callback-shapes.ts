import type { Action, Kind } from './actions.ts'
import { type Line, otherIccid } from './identifiers.ts'
import type { Quirk, Report } from './outcomes.ts'
import { resultingState } from './profile-states.ts'
import type { ProfileRequest } from './validation.ts'

/** What a callback is about: the device, one of its profiles (Global IoT), or the device as a whole. */
export type Subject = { line: Line; role: 'LOCAL' | 'LEAD' | 'device'; asked: readonly Kind[] }

/** One message before it is addressed. */
export type Callback = {
  requestId: string
  request: Pick<ProfileRequest, 'action' | 'family' | 'servicePlan' | 'smsrOid'>
  subject: Subject
  report: Report
  quirk: Quirk | undefined
}

/** What delivery adds: the registration's credentials and the counters. */
export type Postmark = {
  username: string | undefined
  password: string | undefined
  callbackCount: number
  maxCallbackThreshold: number
}

type Casing = 'Kind' | 'kind'
type Members = Record<string, unknown>

/** Writes a callback in the shape that Verizon documents for its action and family. */
export const renderCallback = (callback: Callback, postmark: Postmark): string => {
  const { request, report, quirk } = callback
  const isFault = report.kind === 'fault' || report.kind === 'already-done'
  const pascal = quirk === 'pascal-case' || (request.action === 'setfallbackattribute' && request.family === 'device')
  if (pascal && !isFault) return write(pascalCased(callback, postmark), quirk)
  // The Global IoT examples carry no credentials.
  const credentials =
    request.family === 'global' ? {} : { username: postmark.username ?? '', password: postmark.password ?? '' }
  const counters = { callbackCount: postmark.callbackCount, maxCallbackThreshold: postmark.maxCallbackThreshold }
  const asStrings = {
    callbackCount: `${counters.callbackCount}`,
    maxCallbackThreshold: `${counters.maxCallbackThreshold}`,
  }
  return write(
    {
      ...credentials,
      requestId: callback.requestId,
      ...content(callback),
      ...(quirk === 'numbers-as-strings' ? asStrings : counters),
    },
    quirk,
  )
}

const write = (message: Members, quirk: Quirk | undefined): string => {
  const text = JSON.stringify(message)
  // Seen in production by an integrator who repairs it before parsing.
  return quirk === 'missing-brace' ? text.slice(1) : text
}

const content = (callback: Callback): Members => {
  const { report, request } = callback
  const deviceIds = ids(callback, outerKinds(callback), outerCasing(callback))
  switch (report.kind) {
    case 'success':
    case 'success-after-warning':
      return {
        deviceIds,
        deviceResponse: { deviceProfileResponse: successMembers(callback) },
        ...successStatus(callback),
      }
    case 'warning':
      return { deviceIds, deviceResponse: { deviceProfileResponse: euicc(report) }, ...successStatus(callback) }
    case 'not-executed':
      return { deviceIds, deviceResponse: { deviceProfileResponse: euicc(report) }, status: 'Failed' }
    case 'error-fields': {
      const profileStatus = request.action.startsWith('download') ? { profileStatus: 'Not Downloaded' } : {}
      const error = { euiccErrorCode: report.code, euiccErrorDesc: report.text }
      return { deviceIds, deviceResponse: { deviceProfileResponse: { ...profileStatus, ...error } }, status: 'Failed' }
    }
    case 'fault': {
      const fault = { faultcode: report.code, faultstring: report.text }
      return report.members === 'two'
        ? { deviceIds, faultResponse: fault, status: 'Failed' }
        : {
            deviceIds,
            deviceResponse: null,
            faultResponse: { ...fault, faultactor: null, detail: null },
            status: 'Failed',
          }
    }
    case 'already-done':
      return { deviceIds, faultResponse: alreadyDone(request.action), status: 'Failed' }
  }
}

/** Only the first code is documented; for suspend and resume just the text is, so the code beside it says nothing. */
const alreadyDone = (action: Action): Members => {
  const said = action.endsWith('_suspend') ? 'suspended' : action.endsWith('_resume') ? 'resumed' : undefined
  return said === undefined
    ? {
        faultcode: 'UnifiedWebService.REQUEST_FAILED.DeviceAlreadyActive',
        faultstring: 'REQUEST_FAILED. Device is already active',
      }
    : {
        faultcode: 'UnifiedWebService.REQUEST_FAILED.UnexpectedError',
        faultstring: `Profile is already ${said}`,
      }
}

/** The documented download_enable success has no status at all; Global IoT shouts it. */
const successStatus = ({ request, report }: Callback): Members => {
  if (request.family === 'global') return { status: 'SUCCESS' }
  const bare = request.family === 'local' && request.action === 'download_enable' && report.kind === 'success'
  return bare ? {} : { status: 'Success' }
}

/** The trio that says what the eUICC made of it. */
const euicc = (report: Report): Members => {
  switch (report.kind) {
    case 'warning':
      return {
        euiccStatus: 'EXECUTED_WITHWARNING',
        euiccStatusCode: '8.2.1,3.9',
        euiccStatusDesc:
          'The use case was expired at notification receiving step. The server did not receive eUICC notification.',
      }
    case 'not-executed':
      return { euiccStatus: report.euiccStatus, euiccStatusCode: report.code, euiccStatusDesc: report.text }
    case 'error-fields':
      return { euiccStatus: 'FAILED', euiccStatusCode: report.code, euiccStatusDesc: report.text }
    case 'success':
    case 'success-after-warning':
    case 'fault':
    case 'already-done':
      return {
        euiccStatus: 'EXECUTED_SUCCESS',
        euiccStatusCode: '1.2.365',
        euiccStatusDesc: 'EUICC device profile has been updated',
      }
  }
}

const subAddress = {
  euiccSubAddressUpdateStatus: 'EXECUTED_SUCCESS',
  euiccSubAddressUpdateStatusCode: '1',
  euiccSubAddressUpdateStatusDesc: 'SUCCESS: Address has been updated',
}

const successMembers = (callback: Callback): Members => {
  const { request, report, subject } = callback
  const deviceIdentifierCollection = ids(callback, innerKinds(callback), innerCasing(callback))
  const { state, profileStatus } = resultingState(request.action, request.family)
  if (request.family === 'global') {
    const role = subject.role === 'device' ? {} : { profileStatus, profileRole: subject.role }
    return { deviceIdentifierCollection, state, ...role }
  }
  const line = {
    ipAddress: '101.0.1.216',
    state,
    servicePlan: request.servicePlan ?? 'sp4g',
    deviceCredential: deviceCredential(callback),
  }
  if (request.family !== 'local') return { deviceIdentifierCollection, ...line, profileStatus }
  return {
    deviceIdentifierCollection,
    // What a success reports after a warning is shorter by these.
    ...(report.kind === 'success' ? line : {}),
    smsrOid: request.smsrOid,
    profileStatus,
    ...euicc(report),
    ...(request.action === 'download_enable' || report.kind === 'success-after-warning' ? subAddress : {}),
  }
}

/** Empty in the download_enable example, the line's secrets in the disable example: a client must not keep them. */
const deviceCredential = ({ request, subject }: Callback): Members =>
  request.action === 'download_enable' ? {} : { username: `${subject.line.mdn}@vzw4g.com`, password: subject.line.mdn }

/** The outer ids need not be those of the request: the documented disable and every warning name IMEI and EID. */
const outerKinds = (callback: Callback): readonly Kind[] => {
  const kinds = documentedOuterKinds(callback)
  const { asked } = callback.subject
  // A device asked for by an unusual kind alone must still be recognisable.
  return kinds.some((kind) => asked.includes(kind)) ? kinds : [...kinds, ...asked]
}

const documentedOuterKinds = (callback: Callback): readonly Kind[] => {
  const { request, report, subject, quirk } = callback
  if (subject.role === 'device') return ['eid']
  if (quirk === 'other-identifiers') return ['imei', 'eid']
  if (request.family === 'global')
    return isPerProfile(request.action) ? ['iccid', 'eid'] : ['iccid', 'imei', 'eid', 'mdn']
  if (request.family !== 'local') return ['iccid', 'imei', 'eid']
  const afterTimeOut = report.kind === 'warning' || report.kind === 'success-after-warning'
  const isDownload = request.action === 'download_enable' || request.action === 'download_disable'
  return afterTimeOut || (!isDownload && report.kind === 'success') ? ['imei', 'eid'] : ['iccid', 'eid']
}

const innerKinds = (callback: Callback): readonly Kind[] => {
  const { request, report, quirk } = callback
  if (quirk === 'other-identifiers') return ['imei', 'iccid', 'mdn', 'eid']
  if (request.family !== 'local') return outerKinds(callback)
  const isDownload = request.action === 'download_enable' || request.action === 'download_disable'
  return isDownload || report.kind === 'success-after-warning' ? ['iccid', 'eid'] : ['imei', 'iccid', 'mdn', 'eid']
}

const isPerProfile = (action: Action): boolean => action === 'device_suspend' || action === 'device_resume'

const outerCasing = ({ request, report }: Callback): Casing => {
  if (report.kind === 'fault' || report.kind === 'already-done' || request.family === 'global') return 'Kind'
  if (request.family !== 'local') return 'kind'
  return request.action === 'download_enable' || report.kind !== 'success' ? 'Kind' : 'kind'
}

const innerCasing = ({ request }: Callback): Casing => (request.family === 'global' ? 'Kind' : 'kind')

/** MDN stays in lower case even where the kinds around it are capitalised. */
const spell = (kind: Kind, casing: Casing): string =>
  casing === 'kind' || kind === 'mdn' ? kind : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`

const idOf = ({ subject, quirk }: Callback, kind: Kind): string =>
  kind === 'iccid' && quirk === 'other-identifiers' && subject.asked.includes('eid')
    ? otherIccid(subject.line)
    : subject.line[kind]

const ids = (callback: Callback, kinds: readonly Kind[], casing: Casing) =>
  kinds.map((kind) => ({ id: idOf(callback, kind), kind: spell(kind, casing) }))

/** The SOAP heritage: Pascal-cased, the status inside Data.Data, the counters as strings. */
const pascalCased = (callback: Callback, postmark: Postmark): Members => {
  const { request, report } = callback
  const { asked } = callback.subject
  const named: readonly Kind[] =
    asked.includes('iccid') || asked.includes('eid') ? ['iccid', 'eid'] : ['iccid', 'eid', ...asked]
  const device = named.map((kind) => ({ Kind: spell(kind, 'Kind'), Identifier: idOf(callback, kind) }))
  const operation =
    request.action === 'setfallbackattribute'
      ? 'SetFallbackAttribute'
      : request.action
          .split('_')
          .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
          .join('')
  const { euiccStatus, euiccStatusCode, euiccStatusDesc } = euicc(report)
  const isFailure = report.kind === 'not-executed' || report.kind === 'error-fields'
  return {
    username: postmark.username ?? '',
    password: postmark.password ?? '',
    RequestId: callback.requestId,
    Device: device,
    Data: {
      Data: {
        DeviceProfileService: {
          [operation]: {
            DeviceIdentifierCollection: device,
            EuiccStatus: euiccStatus,
            EuiccStatusCode: euiccStatusCode,
            EuiccStatusDesc: euiccStatusDesc,
          },
        },
        Status: isFailure ? 'FAILED' : 'SUCCESS',
        CallbackCount: `${postmark.callbackCount}`,
        MaxCallbackThreshold: `${postmark.maxCallbackThreshold}`,
      },
    },
  }
}
