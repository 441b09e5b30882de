import * as z from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi'
import { CancelBody, RetryBody } from '../http/requests/decide.ts'
import type { ProblemCode } from '../http/problem.ts'
import { requestExample } from './answer-examples.ts'
import { RequestAnswer } from './answers.ts'
import { always, headers } from './headers.ts'
import { requestPath } from './reading-operations.ts'
import { reorderRequest } from './support/reorder-operation.ts'
import { refusals } from './refusals.ts'

type Deciding = {
  operationId: string
  summary: string
  description: string
  body: z.ZodType
  example: unknown
  conflicts: readonly ProblemCode[]
}

const deciding = ({
  operationId,
  summary,
  description,
  body,
  example,
  conflicts,
}: Deciding): ZodOpenApiOperationObject => ({
  operationId,
  tags: ['Deciding'],
  summary,
  description,
  requestParams: { path: requestPath },
  requestBody: {
    required: false,
    content: {
      'application/json': { schema: body, examples: { everything: { value: {} }, some: { value: example } } },
    },
  },
  responses: {
    '202': {
      description: 'The decision was stored. The body is the current request.',
      headers: z.object({ ...always, Location: headers.location, 'Retry-After': headers.retryAfter }),
      content: { 'application/json': { schema: RequestAnswer, examples: { submitted: { value: requestExample } } } },
    },
    ...refusals(
      [
        'malformed-json',
        'invalid-body',
        'not-found',
        ...conflicts,
        'body-too-large',
        'unsupported-media-type',
        'internal-error',
        'not-finished',
      ],
      ['authorised', 'withBody'],
    ),
  },
})

/** The routes for decisions of people and apps. */
export const decidingPaths: ZodOpenApiPathsObject = {
  '/v1/requests/{requestId}/reorder': { post: reorderRequest },
  '/v1/requests/{requestId}/retry': {
    post: deciding({
      operationId: 'retryRequest',
      summary: 'Retry failed and unconfirmed submissions',
      description:
        'If you retry an `unconfirmed` submission, the action may run twice. The gateway first checks callbacks that belong to no known submission. A submission that they settle is not sent again. A submission that they may be about is sent only with `despiteCallbacks`. Without a body, the decision is about every submission.',
      body: z.strictObject(RetryBody.shape).meta({ id: 'Retry' }),
      example: { submissions: [100, 300], despiteCallbacks: true },
      conflicts: ['nothing-to-retry', 'may-have-run'],
    }),
  },
  '/v1/requests/{requestId}/cancel': {
    post: deciding({
      operationId: 'cancelRequest',
      summary: 'Cancel submissions that have not been sent',
      description:
        'Submissions that ThingSpace has accepted continue. With `abandonUnconfirmed`, submissions whose answer was lost are abandoned too.',
      body: z.strictObject(CancelBody.shape).meta({ id: 'Cancel' }),
      example: { abandonUnconfirmed: true },
      conflicts: ['nothing-to-cancel'],
    }),
  },
}
