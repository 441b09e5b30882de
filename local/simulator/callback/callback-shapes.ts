import type { Action } from '../actions.ts'
import type { Callback, Postmark } from './callback.ts'
import { innerIds, outerIds } from './callback-identifiers.ts'
import { euiccReport } from './euicc-report.ts'
import type { Quirk } from '../outcomes.ts'
import { pascalCased } from './pascal-callback.ts'
import { resultingState } from './profile-states.ts'

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
 * The results of CarrierService in an integration's model: one member a kind of call, a positive member in it, and no
 * `status` beside it.
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

/** What ThingSpace makes for a line: the code that a renewal brings. Its shape is published nowhere. */
const assigned = ({ request, subject }: Callback): Members =>
  request.action === 'renew_activation_code'
    ? { activationCode: `1$rsp.example.com$${subject.line.iccid.slice(-8)}-SIMULATED` }
    : {}

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
    // What a success reports after a warning is shorter by these.
    ...(report.kind === 'success' ? line : {}),
    smsrOid: request.smsrOid,
    profileStatus,
    ...euiccReport(report),
    ...(request.action === 'download_enable' || report.kind === 'success-after-warning' ? subAddress : {}),
  }
}

/** Empty in the download_enable example, the line's secrets in the disable example: a client must not keep them. */
const deviceCredential = ({ request, subject }: Callback): Members =>
  request.action === 'download_enable' ? {} : { username: `${subject.line.mdn}@vzw4g.com`, password: subject.line.mdn }
