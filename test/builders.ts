import type { Context, SQSEvent, SQSRecord } from 'aws-lambda'
import type { ApiEvent } from '../lib/http/api-call.ts'
import { type AccessRules, scopes } from '../lib/http/access/scopes.ts'
import type { Settings } from '../lib/profile/request/settings.ts'

/** Valid by default. Override what a test is about. */
export const account = '0000123456-00001'

export const aSetting = (over: Partial<Settings> = {}): Settings => ({
  devicesPerSubmission: { local: 100, device: 100, consumer: 100, global: 1000 },
  leaseSeconds: 60,
  graceSeconds: { repeatable: 60, other: 1200 },
  retry: { firstDelaySeconds: 5, capSeconds: 900, maximumAgeSeconds: 86_400 },
  postsAtOnce: 20,
  callsPerMinute: 0,
  workMessageGraceSeconds: 60,
  decideWithinSeconds: 30 * 86_400,
  summariseAtOnceUpTo: 100,
  summariseEverySeconds: 60,
  otherProfileSeconds: 120,
  repeatUnconfirmedFor: [],
  ...over,
})

/** How tokens are read if no parameter is set. */
export const anAccess = (over: Partial<AccessRules> = {}): AccessRules => ({
  scopeNames: {
    'profiles:read': ['profiles:read'],
    'profiles:write': ['profiles:write'],
    'profiles:manage': ['profiles:manage'],
    'profiles:operate': ['profiles:operate'],
  },
  scopeClaims: ['scope', 'scp'],
  accountsClaim: 'accounts',
  accountsPrefix: '',
  requireAccountsClaim: true,
  ...over,
})

const digits = (value: number, length: number): string => String(value).padStart(length, '0')

export const eidOf = (index: number): string => `8904903200000${digits(index, 19)}`
export const iccidOf = (index: number): string => `8914800000${digits(index, 10)}`
export const imeiOf = (index: number): string => `35${digits(index, 13)}`

/** Devices with EID and ICCID, as the local family requires. */
export const someDevices = (count: number, first = 1) =>
  Array.from({ length: count }, (_, index) => ({
    deviceIds: [
      { kind: 'eid', id: eidOf(first + index) },
      { kind: 'iccid', id: iccidOf(first + index) },
    ],
  }))

/** The body of a local-profile action. */
export const localBody = (count = 1, over: Record<string, unknown> = {}) => ({
  devices: someDevices(count),
  accountName: account,
  smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5',
  ...over,
})

/** The body of a local-profile action for one card. */
export const orderFor = (card: number, over: Record<string, unknown> = {}) =>
  localBody(1, { devices: someDevices(1, card), ...over })

export const context = {} as Context

type Call = {
  route: string
  path?: Record<string, string>
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: unknown
  claims?: Record<string, string>
  httpRequestId?: string
}

/** An HTTP API event (payload format 2.0) of a caller with every scope, for every account. */
export const apiEvent = ({
  route,
  path,
  query,
  headers = {},
  body,
  claims = {},
  httpRequestId = 'http-1',
}: Call): ApiEvent =>
  ({
    version: '2.0',
    routeKey: route,
    rawPath: route,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...headers },
    ...(path === undefined ? {} : { pathParameters: path }),
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: {
      requestId: httpRequestId,
      authorizer: {
        jwt: {
          claims: { iss: 'https://issuer.test', sub: 'app-1', scope: scopes.join(' '), accounts: '*', ...claims },
          scopes: null,
        },
      },
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  }) as unknown as ApiEvent

/** POST of one action. */
export const submitEvent = (action: string, body: unknown, over: Omit<Call, 'route' | 'body'> = {}): ApiEvent =>
  apiEvent({ route: 'POST /v1/devices/profile/actions/{action}', path: { action }, body, ...over })

export const getEvent = (requestId: string, over: Partial<Call> = {}): ApiEvent =>
  apiEvent({ route: 'GET /v1/requests/{requestId}', path: { requestId }, ...over })

let messages = 0

/** A batch of SQS messages. */
export const sqsEvent = (bodies: unknown[], attributes: Record<string, string> = {}): SQSEvent => ({
  Records: bodies.map((body): SQSRecord => {
    messages += 1
    return {
      messageId: `message-${messages}`,
      receiptHandle: 'handle',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1790000000000',
        SenderId: 'sender',
        ApproximateFirstReceiveTimestamp: '1790000000000',
      },
      messageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue, dataType: 'String' }]),
      ),
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
      awsRegion: 'us-east-1',
    }
  }),
})
