import { randomBytes } from 'node:crypto'
import { accountId } from '../aws/account.ts'
import type { RoutedCall } from './call.ts'
import type { JwtContext } from './jwt-claims.ts'

/** The API id of the local HTTP API. */
export const apiId = 'local'

const textTypes = /^(text\/|application\/(json|javascript|xml|[\w.+-]*\+(json|xml))\b)/i

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** Creates the function's event in payload format 2.0. Parts that the request lacks are omitted, not empty. */
export function functionEvent(call: RoutedCall, jwt: JwtContext | undefined, region: string) {
  const query = queryParameters(call.rawQueryString)
  const isText = textTypes.test(call.headers['content-type'] ?? '')
  return {
    version: '2.0',
    routeKey: call.routeKey,
    rawPath: call.path,
    rawQueryString: call.rawQueryString,
    ...(call.cookies.length > 0 && { cookies: call.cookies }),
    headers: {
      ...call.headers,
      'x-amzn-trace-id': `Root=1-${Math.floor(call.receivedAt.getTime() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`,
      'x-forwarded-for': [call.headers['x-forwarded-for'], call.sourceIp].filter(Boolean).join(', '),
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: {
      accountId,
      apiId,
      ...(jwt && { authorizer: { jwt } }),
      domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
      domainPrefix: apiId,
      http: {
        method: call.method,
        path: call.path,
        protocol: call.protocol,
        sourceIp: call.sourceIp,
        userAgent: call.headers['user-agent'] ?? '',
      },
      requestId: call.requestId,
      routeKey: call.routeKey,
      stage: '$default',
      time: clfTime(call.receivedAt),
      timeEpoch: call.receivedAt.getTime(),
    },
    ...(Object.keys(call.pathParameters).length > 0 && { pathParameters: call.pathParameters }),
    ...(call.body.length > 0 && { body: call.body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: call.body.length > 0 && !isText,
  }
}

/** Decodes the query string. The values of a repeated parameter are joined by commas. */
function queryParameters(rawQueryString: string): Record<string, string> {
  const parameters = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const earlier = parameters.get(name)
    parameters.set(name, earlier === undefined ? value : `${earlier},${value}`)
  }
  return Object.fromEntries(parameters)
}

/** Formats a time as API Gateway does: `12/Mar/2020:19:03:58 +0000`. */
function clfTime(time: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const date = `${two(time.getUTCDate())}/${months[time.getUTCMonth()] ?? ''}/${time.getUTCFullYear()}`
  return `${date}:${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`
}
