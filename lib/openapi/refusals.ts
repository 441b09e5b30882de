import * as z from 'zod'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { type ProblemCode, problems } from '../http/problem.ts'
import { always, headers, maybe } from './headers.ts'

/** The body of API Gateway's own answers, which it gives before our code runs or when a function fails. */
const GatewayMessage = z
  .object({ message: z.string().nullable() })
  .meta({ id: 'GatewayMessage', description: 'An answer of API Gateway itself.' })

const gatewayStatuses = {
  // 429: throttled. 500: a function crashed. 503: a function took over 30 s.
  any: [429, 500, 503],
  authorised: [401],
  withBody: [413],
  secret: [404],
} as const

const gatewayWords: Readonly<Record<number, string>> = {
  401: 'The token is missing or invalid.',
  404: 'There is no such route.',
  413: 'The body is too large for API Gateway or Lambda.',
  429: 'Too many calls.',
  500: 'A function failed.',
  503: 'A function took too long.',
}

/** Kinds of refusals by API Gateway that a route may have. */
export type GatewayRefusals = Exclude<keyof typeof gatewayStatuses, 'any'>

/**
 * Describes the refusals of a route by status: our problems and API Gateway's own answers.
 * @param name if given, each status becomes a shared component with this prefix.
 */
export function refusals(
  ofRoute: readonly ProblemCode[],
  gateway: readonly GatewayRefusals[],
  name?: string,
): ZodOpenApiResponsesObject {
  const codes: readonly ProblemCode[] = gateway.includes('authorised')
    ? ['insufficient-scope', 'access-token-required', 'caller-unknown', ...ofRoute]
    : ofRoute
  const own = new Set<number>([...gatewayStatuses.any, ...gateway.flatMap((kind) => gatewayStatuses[kind])])
  const statuses = [...new Set([...codes.map((code) => problems[code].status), ...own])].toSorted((a, b) => a - b)
  const answers = statuses.map((status): [string, ZodOpenApiResponseObject] => {
    const fitting = codes.filter((code) => problems[code].status === status)
    const answer = refusal(status, fitting, own.has(status))
    return [`${status}`, name === undefined ? answer : { ...answer, id: `${name}${status}` }]
  })
  return Object.fromEntries(answers)
}

function refusal(status: number, codes: readonly ProblemCode[], byGateway: boolean): ZodOpenApiResponseObject {
  const words = [
    ...codes.map((code) => `\`${code}\`: ${problems[code].title}.`),
    ...(byGateway ? [gatewayWords[status] ?? ''] : []),
  ]
  return {
    description: words.join(' '),
    headers: z.object({
      ...(codes.length > 0 && { 'Request-Id': maybe(always['Request-Id']) }),
      ...(codes.some((code) => problems[code].status === 503) && { 'Retry-After': maybe(headers.retryAfter) }),
      ...(status === 401 || status === 403 ? { 'WWW-Authenticate': maybe(headers.challenge) } : {}),
    }),
    content: {
      ...(codes.length > 0 && {
        'application/problem+json': {
          schema: {
            allOf: [
              { $ref: '#/components/schemas/Problem' },
              { type: 'object', properties: { code: { enum: [...codes] } }, required: ['code'] },
            ],
          },
          examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
        },
      }),
      ...(byGateway && { 'application/json': { schema: GatewayMessage } }),
    },
  }
}
