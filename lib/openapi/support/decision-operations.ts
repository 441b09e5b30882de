import * as z from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { DecisionsQuery } from '../../http/support/show-decisions.ts'
import { ActionName } from '../../profile/order/action-names.ts'
import type { DecisionView } from '../../profile/support/decisions/decision-view.ts'
import { count, Identifier, instant, nextCursor } from '../answers.ts'
import { always, headers, maybe } from '../headers.ts'
import { withWords } from '../parameters.ts'
import { cursor, reading } from '../reading-operations.ts'
import type { Holds, SameShape } from '../same-shape.ts'

const Decision = z
  .object({
    requestId: z.string(),
    submission: count,
    accountName: z.string(),
    action: ActionName,
    deviceCount: z.int().positive(),
    devices: z
      .array(z.object({ deviceIds: z.array(Identifier) }))
      .meta({ description: 'The first three devices of the submission.' }),
    attempts: count,
    since: instant,
    abandonedAt: instant.nullable().meta({ description: 'When the gateway gives it up without a decision.' }),
    why: z.string(),
    risk: z.object({ repeatable: z.boolean(), text: z.string() }).meta({ description: 'The risk of a repeat.' }),
    fits: z
      .array(
        z.object({
          upstreamRequestId: z.string(),
          receivedAt: instant,
          results: count,
          adoptable: z.boolean().meta({ description: 'Whether it fits only this submission and will be adopted.' }),
          candidates: count.meta({ description: 'Number of submissions that it fits.' }),
        }),
      )
      .meta({ description: 'Callbacks under unknown upstream request ids that may be about the submission.' }),
    fitsComplete: z.boolean().meta({
      description: 'False if not all devices were looked up. One page looks up 500. `/retry` looks up all.',
    }),
    answers: z.array(
      z.object({
        answer: z.enum(['retry', 'retry-despite-callbacks', 'abandon']),
        effect: z
          .enum(['send', 'adopt', 'held-back', 'abandon'])
          .meta({ description: '`held-back`: nothing is sent, because callbacks that may be about it arrived.' }),
        submissions: count,
        devices: count,
        text: z.string(),
        call: z
          .object({ method: z.literal('POST'), path: z.string(), body: z.record(z.string(), z.unknown()) })
          .meta({ description: 'The call that gives this answer.' }),
      }),
    ),
  })
  .meta({ id: 'Decision', description: 'A submission that waits for a decision.' })

const DecisionPage = z.object({ items: z.array(Decision), nextCursor }).meta({ id: 'DecisionPage' })

const requestId = '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11'
const example = {
  requestId,
  submission: 0,
  accountName: '0000123456-00001',
  action: 'download',
  deviceCount: 1,
  devices: [{ deviceIds: [{ kind: 'iccid', id: '89148000000010000013' }] }],
  attempts: 1,
  since: '2026-11-22T09:20:00.180Z',
  abandonedAt: '2026-12-22T09:20:00.180Z',
  why: 'The response to attempt 1 was lost, so ThingSpace may or may not have run this download.',
  risk: { repeatable: false, text: 'If ThingSpace has already run it, download runs twice.' },
  fits: [],
  fitsComplete: true,
  answers: [
    {
      answer: 'retry',
      effect: 'send',
      submissions: 1,
      devices: 1,
      text: 'Sends it again at once. If ThingSpace has already run it, download runs twice.',
      call: { method: 'POST', path: `/v1/requests/${requestId}/retry`, body: { submissions: [0] } },
    },
  ],
}

const listDecisions = reading(['invalid-parameter', 'account-not-allowed'], {
  operationId: 'listDecisions',
  summary: 'List what waits for a decision, longest waiting first',
  description:
    'Unconfirmed submissions whose grace period is over, with what may be about them and a preview of each answer. One call compares 500 submissions of all accounts, so a page may be short or empty and still have a `nextCursor`.',
  requestParams: {
    query: withWords(DecisionsQuery, {
      accountName: 'Only this account. By default all accounts of the token.',
      limit: 'Submissions per page, at most 50.',
      cursor,
    }),
  },
  responses: {
    '200': {
      description: 'A page of open decisions.',
      headers: z.object({ ...always, Link: maybe(headers.link) }),
      content: {
        'application/json': {
          schema: DecisionPage,
          examples: { page: { value: { items: [example], nextCursor: null } } },
        },
      },
    },
  },
})

/** The GET route of open decisions. */
export const openDecisionPaths: ZodOpenApiPathsObject = { '/v1/decisions': { get: listDecisions } }

/** Makes the compiler prove that the schema describes exactly what is built. @public */
export type Proof = [Holds<SameShape<z.infer<typeof Decision>, DecisionView>>]
