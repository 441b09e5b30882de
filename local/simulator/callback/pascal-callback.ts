import type { Kind } from '../actions.ts'
import type { Callback, Postmark } from './callback.ts'
import { idOf, spell } from './callback-identifiers.ts'
import { euiccReport } from './euicc-report.ts'

/** The SOAP heritage: Pascal-cased, the status inside Data.Data, the counters as strings. */
export const pascalCased = (callback: Callback, postmark: Postmark): Record<string, unknown> => {
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
