import type { Report } from '../../local/simulator/outcomes.ts'
import { renderCallback } from '../../local/simulator/callback/callback-shapes.ts'
import type { Verdict } from '../../lib/profile/request/callback.ts'
import { idOf, type Kind, type Named, nameDevice, type Subject } from './cards.ts'
import type { Seeded } from './random.ts'

/** The content of one callback, and its delay after ThingSpace has accepted the request. */
export type Telling = {
  say: Say
  after: number
  /** Is about this profile of the card instead of the ordered one. */
  profile?: number
  /** Names the device by these kinds only. */
  kinds?: readonly Kind[]
  /** Spells the identifiers in any of the usual ways. */
  odd?: true
  /** Is posted to the callback address of this account. */
  accountName?: string
}
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

/** Every secret that the gateway handles. None of them may appear where it does not belong. */
export const listenerSecret = { username: 'user-sentinel', current: 'password-sentinel' }
export const secretSentinels: readonly string[] = [
  listenerSecret.current,
  listenerSecret.username,
  'oauth-secret-sentinel',
  'session-sentinel',
  'bearer-sentinel',
]

const placeholder = 'upstream-request-id'

/** A callback as it is sent, and the identifiers that it names. */
export type Body = { text: string; named: readonly Named[] }
const rendered = new Map<string, Body>()

export type Message = {
  action: string
  subject: Subject
  say: Say
  upstreamRequestId: string
  count: number
  password?: string
  kinds?: readonly Kind[] | undefined
  /** Present if the identifiers may have any spelling. */
  spelling?: Seeded | undefined
}

/** A callback in the shape that Verizon documents for the action, including credentials. */
export function callbackBody(message: Message): Body {
  const { action, subject, say, upstreamRequestId, count, password = listenerSecret.current, kinds, spelling } = message
  if (say === 'nonsense') {
    const text = `{"username":"${listenerSecret.username}","password":"${password}","requestId":"${upstreamRequestId}","weather":"fine"}`
    return { text, named: [] }
  }
  const names = kinds === undefined ? undefined : nameDevice(subject, kinds, spelling)
  const key = `${action} ${subject.card} ${subject.profile} ${say} ${count} ${password} ${JSON.stringify(names ?? '')}`
  let body = rendered.get(key)
  if (body === undefined) {
    const isLocal = localActions.has(action)
    const documented = renderCallback(
      {
        requestId: placeholder,
        request: {
          action: action as 'enable',
          family: isLocal ? 'local' : 'device',
          servicePlan: undefined,
          smsrOid: '1.3.6.1',
        },
        subject: {
          line: {
            eid: idOf('eid', subject),
            iccid: idOf('iccid', subject),
            imei: idOf('imei', subject),
            mdn: idOf('mdn', subject),
            // None of these bodies contains it.
            esn: '',
            imsi: '',
            meid: '',
            msisdn: '',
          },
          role: 'LOCAL',
          asked: ['eid', 'iccid'],
        },
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
    const tree: unknown = JSON.parse(documented)
    const named: Named[] = []
    const changed = renamed(tree, names, named)
    body = { text: names === undefined ? documented : JSON.stringify(changed), named: unique(named) }
    rendered.set(key, body)
  }
  return { ...body, text: body.text.replace(placeholder, upstreamRequestId) }
}

/** Actions of the eUICC local family. Every other action here is for a device. */
const localActions: ReadonlySet<string> = new Set([
  'download_enable',
  'download_disable',
  'enable',
  'disable',
  'delete',
])

/** Puts the identifiers wherever the message names its device, and returns those that it names in the end. */
function renamed(tree: unknown, names: readonly Named[] | undefined, found: Named[]): unknown {
  if (typeof tree !== 'object' || tree === null) return tree
  if (!Array.isArray(tree))
    return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, renamed(value, names, found)]))
  const list: readonly unknown[] = tree
  const [first] = list
  if (typeof first !== 'object' || first === null) return tree
  const key = (wanted: string): string | undefined => Object.keys(first).find((name) => name.toLowerCase() === wanted)
  const kind = key('kind')
  const id = key('id') ?? key('identifier')
  if (kind === undefined || id === undefined) return list.map((each) => renamed(each, names, found))
  const entries =
    names?.map((named) => ({ [id]: named.id, [kind]: named.kind })) ?? (list as readonly Record<string, unknown>[])
  for (const entry of entries) found.push({ kind: String(entry[kind]), id: String(entry[id]) })
  return entries
}

const unique = (named: readonly Named[]): Named[] => [
  ...new Map(named.map((each) => [`${each.kind.toLowerCase()} ${each.id}`, each])).values(),
]
