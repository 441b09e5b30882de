import type { Report } from '../../local/thingspace/outcomes.ts'
import { lineOf } from '../../local/thingspace/identifiers.ts'
import { renderCallback } from '../../local/thingspace/callback-shapes.ts'
import type { Verdict } from '../../lib/profile/callback.ts'
import type { Device } from '../../lib/profile/identifiers.ts'

/** What one callback is to say, and when it comes after ThingSpace accepted the request. */
export type Telling = { say: Say; after: number }
export type Say = 'success' | 'warning' | 'success-after-warning' | 'failed' | 'fault' | 'nonsense'

const reports: Record<Exclude<Say, 'nonsense'>, Report> = {
  success: { kind: 'success' },
  warning: { kind: 'warning' },
  'success-after-warning': { kind: 'success-after-warning' },
  failed: { kind: 'not-executed', euiccStatus: 'FAILED', code: '8.1.1', text: 'the eUICC refused' },
  fault: { kind: 'fault', code: 'UnifiedWebService.REQUEST_FAILED.X', text: 'failed', members: 'two' },
}

export const verdictOf: Record<Exclude<Say, 'nonsense'>, Verdict> = {
  success: 'succeeded',
  warning: 'warning',
  'success-after-warning': 'succeeded',
  failed: 'failed',
  fault: 'failed',
}

/** Every secret that ever comes near the gateway; none of them may be found where it does not belong. */
export const listenerSecret = { username: 'user-sentinel', current: 'password-sentinel' }
export const secretSentinels: readonly string[] = [
  listenerSecret.current,
  listenerSecret.username,
  'oauth-secret-sentinel',
  'session-sentinel',
  'bearer-sentinel',
]

const placeholder = 'upstream-request-id'
const rendered = new Map<string, string>()

/** A callback as ThingSpace sends it, in the shape that Verizon documents for the action, credentials and all. */
export function callbackBody(
  action: string,
  device: Device,
  say: Say,
  upstreamRequestId: string,
  count: number,
  password = listenerSecret.current,
): string {
  if (say === 'nonsense') {
    return `{"username":"${listenerSecret.username}","password":"${password}","requestId":"${upstreamRequestId}","weather":"fine"}`
  }
  const eid = device[0]?.id ?? ''
  const key = `${action} ${eid} ${say} ${count} ${password}`
  let text = rendered.get(key)
  if (text === undefined) {
    const asked = device.flatMap(({ kind, id }) => (kind === 'eid' || kind === 'iccid' ? [{ kind, id }] : []))
    text = renderCallback(
      {
        requestId: placeholder,
        request: { action: action as 'enable', family: 'local', servicePlan: undefined, smsrOid: '1.3.6.1' },
        subject: { line: lineOf(asked), role: 'LOCAL', asked: ['eid', 'iccid'] },
        report: reports[say],
        quirk: undefined,
      },
      {
        username: listenerSecret.username,
        password,
        callbackCount: count,
        maxCallbackThreshold: 4,
      },
    )
    rendered.set(key, text)
  }
  return text.replace(placeholder, upstreamRequestId)
}
