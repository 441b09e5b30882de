import * as z from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi'
import type { ProblemCode } from '../../http/problem.ts'
import { ExecuteBody, PlanBody } from '../../http/support/plans.ts'
import { always, headers, maybe } from '../headers.ts'
import { reading } from '../reading-operations.ts'
import { refusals } from '../refusals.ts'
import { accountName, digest, Plan, planCsvExample, planExample, requestId } from './plan-answers.ts'

const path = z.object({ planId: z.string().min(1).meta({ description: 'The `planId` of the plan.' }) })
const content = { 'application/json': { schema: Plan, examples: { plan: { value: planExample } } } }
const bodyCodes = ['malformed-json', 'invalid-body', 'body-too-large', 'unsupported-media-type'] as const

const planning = (
  operation: Omit<ZodOpenApiOperationObject, 'tags' | 'security'>,
  codes: readonly ProblemCode[],
): ZodOpenApiOperationObject => ({
  tags: ['Deciding'],
  ...operation,
  responses: {
    ...operation.responses,
    ...refusals(
      [...codes, 'internal-error'],
      operation.requestBody === undefined ? ['authorised'] : ['authorised', 'withBody'],
    ),
  },
})

/** The routes of plans. */
const { answer, decisions, filter } = PlanBody.shape
/** Either form, because a body with both or neither is refused. */
const PlanOrder = z
  .union([
    z.strictObject({ answer, decisions: z.nonoptional(decisions) }),
    z.strictObject({ answer, filter: z.nonoptional(filter) }),
  ])
  .meta({ id: 'PlanOrder' })

export const planPaths: ZodOpenApiPathsObject = {
  '/v1/decisions/plans': {
    post: planning(
      {
        operationId: 'createPlan',
        summary: 'Preview one answer for many submissions',
        description:
          'Changes nothing. Send either `decisions` or `filter`. A plan has at most 1,000 submissions; `complete` says whether more may match.',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: PlanOrder,
              examples: {
                filter: { value: { answer: 'retry', filter: { accountName, action: 'download' } } },
                named: { value: { answer: 'abandon', decisions: [{ requestId, submission: 0 }] } },
              },
            },
          },
        },
        responses: {
          '201': {
            description: 'The plan.',
            headers: z.object({ ...always, Location: headers.location }),
            content,
          },
        },
      },
      [...bodyCodes, 'account-not-allowed', 'nothing-to-retry', 'nothing-to-cancel'],
    ),
  },
  '/v1/decisions/plans/{planId}': {
    get: reading(['not-found', 'not-acceptable'], {
      operationId: 'showPlan',
      summary: 'Get a plan with its items and its progress',
      description: 'JSON or CSV, by `Accept`. A plan is kept for a day.',
      requestParams: { path },
      responses: {
        '200': {
          description: 'The plan.',
          headers: z.object(always),
          content: {
            ...content,
            'text/csv': {
              schema: z.string().meta({ description: 'RFC 4180, with a header line.' }),
              examples: { plan: { value: planCsvExample } },
            },
          },
        },
      },
    }),
  },
  '/v1/decisions/plans/{planId}/execute': {
    post: planning(
      {
        operationId: 'executePlan',
        summary: 'Carry out a plan',
        description:
          'Send the `digest` and the `count` of the plan. Submissions that changed since are left alone. One call works for 20 s: after 202, send the same call again. A repeat does nothing twice.',
        requestParams: { path },
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: z.strictObject(ExecuteBody.shape).meta({ id: 'PlanExecution' }),
              examples: { shown: { value: { digest, count: 1 } } },
            },
          },
        },
        responses: {
          '200': { description: 'The plan is finished.', headers: z.object(always), content },
          '202': {
            description: 'The time was over. Send the same call again.',
            headers: z.object({ ...always, 'Retry-After': maybe(headers.retryAfter) }),
            content,
          },
        },
      },
      [...bodyCodes, 'not-found', 'plan-mismatch', 'plan-expired', 'plan-stopped'],
    ),
  },
  '/v1/decisions/plans/{planId}/stop': {
    post: planning(
      {
        operationId: 'stopPlan',
        summary: 'Stop a plan',
        description: 'What was done stays done. A running call stops within 25 submissions.',
        requestParams: { path },
        responses: { '200': { description: 'The plan.', headers: z.object(always), content } },
      },
      ['not-found'],
    ),
  },
}
