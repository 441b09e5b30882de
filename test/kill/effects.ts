import type { IncomingHttpHeaders } from 'node:http'

export type Service = 'dynamodb' | 'sqs' | 'sns' | 'secrets' | 'thingspace'

/** One outbound request of a function: its target and its kind, so that faults can be distributed over all kinds. */
export type Effect = {
  service: Service
  /** The kind for reports and counts: `dynamodb PutItem submission`. */
  name: string
  /** The ids of requests in it, ours or ThingSpace's. They connect a fault with the stored request it hit. */
  mentions: readonly string[]
}

const targets: readonly (readonly [prefix: string, service: Service])[] = [
  ['DynamoDB_', 'dynamodb'],
  ['AmazonSQS.', 'sqs'],
  ['secretsmanager.', 'secrets'],
]

/** Names a request by its headers, path and body. */
export function effectOf(method: string, path: string, headers: IncomingHttpHeaders, body: string): Effect {
  const mentions = [...new Set(body.match(uuids) ?? [])]
  const target = String(headers['x-amz-target'] ?? '')
  const operation = target.slice(target.indexOf('.') + 1)
  const service = targets.find(([prefix]) => target.startsWith(prefix))?.[1]
  if (service === 'dynamodb') return { service, name: `dynamodb ${operation} ${itemIn(operation, body)}`, mentions }
  if (service !== undefined) return { service, name: `${service} ${operation}`, mentions }
  if (path.startsWith('/api/')) return { service: 'thingspace', name: `thingspace ${callOf(method, path)}`, mentions }
  return { service: 'sns', name: `sns ${/(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? path}`, mentions }
}

const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Item kinds by the first part of their keys. The order decides if a transaction contains several. */
const items: readonly (readonly [pattern: RegExp, item: string])[] = [
  [/"MAP"/, 'upstream-link'],
  [/"ORPHAN"/, 'orphan'],
  [/"SESSION#/, 'credentials'],
  [/"META"/, 'request'],
  [/"SUB#/, 'submission'],
  [/"M#/, 'manifest'],
  [/"TSR#/, 'result'],
  [/"DEV#/, 'message'],
  [/"LISTENER#/, 'listener'],
  [/"QUARANTINE#/, 'quarantine'],
  [/"(DUE#\d|DECISION)"/, 'due index'],
  [/"ACC#/, 'account index'],
]

function itemIn(operation: string, body: string): string {
  // The values of an update may contain anything. Only its key tells its subject.
  const text = operation === 'UpdateItem' ? (/"Key":\{.*?\}\}/.exec(body)?.[0] ?? body) : body
  return items.find(([pattern]) => pattern.test(text))?.[1] ?? 'item'
}

const calls: readonly (readonly [pattern: RegExp, call: string])[] = [
  [/\/profile\/actions\//, 'action'],
  [/\/oauth2\/token/, 'token'],
  [/\/oauth2\/revoke/, 'revoke'],
  [/\/session\/login/, 'login'],
  [/\/callbacks\//, 'listener'],
]

const callOf = (method: string, path: string): string =>
  calls.find(([pattern]) => pattern.test(path))?.[1] ?? `${method} ${path.split('/').slice(0, 6).join('/')}`
