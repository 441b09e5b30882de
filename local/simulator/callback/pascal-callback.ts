import type { Kind } from '../actions.ts'
import type { Callback, DeliveryMembers } from './callback.ts'
import { idOf, spell } from './callback-identifiers.ts'
import { euiccReport } from './euicc-report.ts'

/** Writes a callback in the Pascal-case shape of the SOAP API: the status is in Data.Data, and counters are strings. */
export const pascalCased = (callback: Callback, delivery: DeliveryMembers): Record<string, unknown> => {
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
  const { euiccStatus, euiccStatusCode, euiccStatusDesc } = euiccReport(report)
  const isFailure = report.kind === 'not-executed' || report.kind === 'error-fields'
  return {
    username: delivery.username ?? '',
    password: delivery.password ?? '',
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
        CallbackCount: `${delivery.callbackCount}`,
        MaxCallbackThreshold: `${delivery.maxCallbackThreshold}`,
      },
    },
  }
}
