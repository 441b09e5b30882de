import * as z from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi'
import { CancelBody, RetryBody } from '../http/requests/decide.ts'
import type { ProblemCode } from '../http/problem.ts'
import { requestExample } from './answer-examples.ts'
import { RequestAnswer } from './answers.ts'
import { always, headers } from './headers.ts'
import { requestPath } from './reading-operations.ts'
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
  security: [{ callers: ['profiles:manage'] }],
  requestParams: { path: requestPath },
  requestBody: {
    required: false,
    content: {
      'application/json': { schema: body, examples: { everything: { value: {} }, some: { value: example } } },
    },
  },
  responses: {
    '202': {
      description: 'Decided. The request as it then stands.',
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

/** The routes by which people and apps decide. */
export const decidingPaths: ZodOpenApiPathsObject = {
  '/v1/requests/{requestId}/retry': {
    post: deciding({
      operationId: 'retryRequest',
      summary: 'Try failed and unconfirmed submissions again',
      description:
        'A retry of an `unconfirmed` submission is your decision that the action may run twice. Before it is sent, callbacks that nobody has claimed are looked at: a submission that they settle is not sent again, and one that they may be about only with `despiteCallbacks`. Without a body every submission is meant.',
      body: z.strictObject(RetryBody.shape).meta({ id: 'Retry' }),
      example: { submissions: [100, 300], despiteCallbacks: true },
      conflicts: ['nothing-to-retry', 'may-have-run'],
    }),
  },
  '/v1/requests/{requestId}/cancel': {
    post: deciding({
      operationId: 'cancelRequest',
      summary: 'Stop what has not been sent',
      description:
        'What ThingSpace has goes on. With `abandonUnconfirmed`, submissions whose answer was lost are given up too.',
      body: z.strictObject(CancelBody.shape).meta({ id: 'Cancel' }),
      example: { abandonUnconfirmed: true },
      conflicts: ['nothing-to-cancel'],
    }),
  },
}
