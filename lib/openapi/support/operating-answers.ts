import * as z from 'zod'
import type { ZodOpenApiOperationObject } from 'zod-openapi'
import type { ProblemCode } from '../../http/problem.ts'
import { AuditedAct, AuditOrigin } from '../../profile/audit/audit-entry.ts'
import { count, instant } from '../answers.ts'
import { always } from '../headers.ts'
import { refusals } from '../refusals.ts'

// Answers of the operating routes, each with an example.

const accountName = '0000123456-00001'
export const nextCursor = z.string().nullable().meta({ description: 'Null on the last page.' })
export const cursor = '`nextCursor` of the previous page. Use the same filters.'
export const messageId = z.object({ id: z.string().min(1).meta({ description: 'The `id` in the list.' }) })

export const listedMessage = {
  id: z.string(),
  accountName: z.string(),
  receivedAt: instant,
  lastReceivedAt: instant,
  reason: z.string(),
  count: count.meta({ description: 'Number of equal messages of the day.' }),
  characters: count,
} as const
export const messageExample = {
  id: 'UVVBUkFOVElORSMz',
  accountName,
  receivedAt: '2026-11-22T09:00:00.180Z',
  lastReceivedAt: '2026-11-22T09:00:00.180Z',
  reason: 'no-verdict',
  count: 1,
  characters: 17,
}

export const Latch = z.object({
  credentialSet: z.string(),
  state: z.enum(['open', 'closed', 'changed', 'unknown']),
  failedLogins: count,
})
export const latchExample = { credentialSet: 'default', state: 'open', failedLogins: 0 }

export const Flow = z.object({
  credentialSet: z.string(),
  state: z.enum(['not-limited', 'limited', 'paused', 'stopped']).meta({
    description:
      '`limited`: fewer calls at once than the largest number. `paused`: ThingSpace asked to wait. `stopped`: all calls failed, and ThingSpace must answer a harmless call before an order is sent.',
  }),
  limit: count.meta({ description: 'Calls that may be under way at once.' }),
  largestLimit: count,
  underWay: z
    .object({ single: count, bulk: count })
    .nullable()
    .meta({ description: 'Calls under way, by lane. Null while calls are not limited, because they are not counted.' }),
  pausedUntil: instant.nullable(),
  pausedBecause: z.enum(['retry-after', 'failing']).nullable(),
  failures: count.meta({ description: 'Failed calls since the last successful one.' }),
  loweredAt: instant.nullable().meta({ description: 'When the limit was last lowered.' }),
})
export const flowExample = {
  credentialSet: 'default',
  state: 'stopped',
  limit: 1,
  largestLimit: 20,
  underWay: { single: 0, bulk: 0 },
  pausedUntil: '2026-11-22T09:00:38.000Z',
  pausedBecause: 'failing',
  failures: 9,
  loweredAt: '2026-11-22T09:00:00.180Z',
}

const detail = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
export const AuditEntry = z
  .object({
    id: z.string(),
    at: instant,
    act: z.enum(AuditedAct.options),
    actor: z.string().meta({ description: "A caller's id, `operator:<name>`, or `gateway`." }),
    via: z.enum(AuditOrigin.shape.via.options),
    identity: z.string().nullable().meta({ description: 'The ARN of the credentials of an operator.' }),
    host: z.string().nullable(),
    accountName: z.string().nullable(),
    subject: z.string(),
    detail,
    result: z.enum(['done', 'nothing-done', 'failed']).nullable().meta({
      description: 'Null if the act is under way, or was interrupted and may have had its effect.',
    }),
    endedAt: instant.nullable(),
    outcome: detail.nullable(),
  })
  .meta({ id: 'AuditEntry' })
export const auditExample = {
  id: '7d1f0852',
  at: '2026-11-22T09:00:00.180Z',
  act: 'request.retry',
  actor: 'https://issuer.example.com|sub:kim',
  via: 'api',
  identity: null,
  host: null,
  accountName,
  subject: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
  detail: { despiteCallbacks: false },
  result: 'done',
  endedAt: '2026-11-22T09:00:00.320Z',
  outcome: { submissionsChanged: 1, submissionsLeft: 0 },
}

/** A 200 answer in JSON. `more` are headers besides those of every answer. */
export const json = (description: string, schema: z.ZodType, example: unknown, more: object = {}) => ({
  '200': {
    description,
    headers: z.object({ ...always, ...more }),
    content: { 'application/json': { schema, examples: { answer: { value: example } } } },
  },
})

export const Done = z.object({ outcome: z.string() })

/** The problems of every call with a body. */
export const withBody = ['malformed-json', 'invalid-body', 'body-too-large', 'unsupported-media-type'] as const

/** An operation with the scope `profiles:operate`. */
export const operating = (
  operation: Omit<ZodOpenApiOperationObject, 'tags' | 'security'>,
  codes: readonly ProblemCode[],
): ZodOpenApiOperationObject => ({
  tags: ['Operating'],
  ...operation,
  responses: {
    ...operation.responses,
    ...refusals(
      [...codes, 'internal-error'],
      operation.requestBody === undefined ? ['authorised'] : ['authorised', 'withBody'],
    ),
  },
})
