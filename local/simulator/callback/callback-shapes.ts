import type { Action } from '../actions.ts'
import type { Callback, DeliveryMembers } from './callback.ts'
import { innerIds, outerIds } from './callback-identifiers.ts'
import { euiccReport } from './euicc-report.ts'
import type { Quirk } from '../outcomes.ts'
import { pascalCased } from './pascal-callback.ts'
import { resultingState } from './profile-states.ts'

type Members = Record<string, unknown>

/** Writes a callback as JSON, in the shape that Verizon documents for its action and family, with its quirk if any. */
export const renderCallback = (callback: Callback, delivery: DeliveryMembers): string => {
  const { request, report, quirk } = callback
  const isFault = report.kind === 'fault' || report.kind === 'already-done'
  const pascal = quirk === 'pascal-case' || (request.action === 'setfallbackattribute' && request.family === 'device')
  if (pascal && !isFault) return write(pascalCased(callback, delivery), quirk)
  // The Global IoT examples carry no credentials.
  const credentials =
    request.family === 'global' ? {} : { username: delivery.username ?? '', password: delivery.password ?? '' }
  const counters = { callbackCount: delivery.callbackCount, maxCallbackThreshold: delivery.maxCallbackThreshold }
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
  // An integrator saw this in production and repairs the text before parsing it.
  return quirk === 'missing-brace' ? text.slice(1) : text
}

const content = (callback: Callback): Members => {
  const { report, request } = callback
  const deviceIds = outerIds(callback)
  if (callback.quirk === 'carrier-shape') return { deviceIds, deviceResponse: carrierResponse(callback) }
  switch (report.kind) {
    case 'success':
    case 'success-after-warning':
      return {
        deviceIds,
        deviceResponse: { deviceProfileResponse: successMembers(callback) },
        ...successStatus(callback),
      }
    case 'warning':
      return { deviceIds, deviceResponse: { deviceProfileResponse: euiccReport(report) }, ...successStatus(callback) }
    case 'not-executed':
      return { deviceIds, deviceResponse: { deviceProfileResponse: euiccReport(report) }, status: 'Failed' }
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

/**
 * The results of CarrierService as an integrator models them: one member for each kind of call with a positive member
 * inside, and no `status`.
 */
const carrierResponse = (callback: Callback): Members => {
  const { action, servicePlan } = callback.request
  const line = { deviceIdentifierCollection: innerIds(callback), ipAddress: '101.0.1.216', servicePlan }
  if (action === 'deactivate') return { deactivateResponse: { deactivated: true } }
  if (action.endsWith('_resume')) return { restoreResponse: { restored: true } }
  if (action.endsWith('_suspend')) return { suspendResponse: { expectedResumeDate: '2027-01-01T00:00:00Z' } }
  if (action === 'serviceplan') return { changeServicePlanResponse: { servicePlan } }
  return { activateResponse: { ...line, state: 'Active', ...assigned(callback) } }
}

/** The activation code that a renewal returns. Its format is not documented. */
const assigned = ({ request, subject }: Callback): Members =>
  request.action === 'renew_activation_code'
    ? { activationCode: `1$rsp.example.com$${subject.line.iccid.slice(-8)}-SIMULATED` }
    : {}

/** The fault of a device that already has the state. For suspend and resume, only the text is documented. */
const alreadyDone = (action: Action): Members => {
  const state = action.endsWith('_suspend') ? 'suspended' : action.endsWith('_resume') ? 'resumed' : undefined
  return state === undefined
    ? {
        faultcode: 'UnifiedWebService.REQUEST_FAILED.DeviceAlreadyActive',
        faultstring: 'REQUEST_FAILED. Device is already active',
      }
    : {
        faultcode: 'UnifiedWebService.REQUEST_FAILED.UnexpectedError',
        faultstring: `Profile is already ${state}`,
      }
}

/** The documented success of download_enable has no status. Global IoT writes it in capitals. */
const successStatus = ({ request, report }: Callback): Members => {
  if (request.family === 'global') return { status: 'SUCCESS' }
  const bare = request.family === 'local' && request.action === 'download_enable' && report.kind === 'success'
  return bare ? {} : { status: 'Success' }
}

const subAddress = {
  euiccSubAddressUpdateStatus: 'EXECUTED_SUCCESS',
  euiccSubAddressUpdateStatusCode: '1',
  euiccSubAddressUpdateStatusDesc: 'SUCCESS: Address has been updated',
}

const successMembers = (callback: Callback): Members => {
  const { request, report, subject } = callback
  const deviceIdentifierCollection = innerIds(callback)
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
  if (request.family !== 'local') {
    return { deviceIdentifierCollection, ...line, profileStatus, ...assigned(callback) }
  }
  return {
    deviceIdentifierCollection,
    // A success after a warning does not have these members.
    ...(report.kind === 'success' ? line : {}),
    smsrOid: request.smsrOid,
    profileStatus,
    ...euiccReport(report),
    ...(request.action === 'download_enable' || report.kind === 'success-after-warning' ? subAddress : {}),
  }
}

/** Empty in the download_enable example. In the disable example it holds secrets, which a client must not store. */
const deviceCredential = ({ request, subject }: Callback): Members =>
  request.action === 'download_enable' ? {} : { username: `${subject.line.mdn}@vzw4g.com`, password: subject.line.mdn }
