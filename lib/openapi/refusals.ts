import * as z from 'zod'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { type ProblemCode, problems } from '../http/problem.ts'
import { always, headers, maybe } from './headers.ts'

/** What API Gateway answers itself, before any of our code runs. */
const GatewayMessage = z
  .object({ message: z.string().nullable() })
  .meta({ id: 'GatewayMessage', description: "API Gateway's own answer." })

const gatewayStatuses = {
  // Too many calls at once; a function crashed; a function took over 30 s.
  any: [429, 500, 503],
  authorised: [401, 403],
  withBody: [413],
  secret: [404],
} as const

const gatewayWords: Readonly<Record<number, string>> = {
  401: 'No token, or not a good one.',
  403: 'The token lacks the scope.',
  404: 'No such route.',
  413: 'API Gateway or Lambda takes no body of this size.',
  429: 'Too many calls at once.',
  500: 'A function failed.',
  503: 'A function took too long.',
}

/** Which of API Gateway's own refusals a route can meet. */
export type GatewayRefusals = Exclude<keyof typeof gatewayStatuses, 'any'>

/**
 * The refusals of a route: our problems by status, beside API Gateway's own answers.
 * @param name what several routes share is one component a status under this name.
 */
export function refusals(
  ofRoute: readonly ProblemCode[],
  gateway: readonly GatewayRefusals[],
  name?: string,
): ZodOpenApiResponsesObject {
  const codes: readonly ProblemCode[] = gateway.includes('authorised') ? ['caller-unknown', ...ofRoute] : ofRoute
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
