import * as z from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { DeadLetterKind } from '../../profile/support/dead-letter-kinds.ts'
import { DeadLettersQuery, RedriveBody } from '../../http/operate/dead-letters.ts'
import { count, instant } from '../answers.ts'
import { withWords } from '../parameters.ts'
import { json, operating, withBody } from './operating-answers.ts'

const queue = z.enum(DeadLetterKind.options).meta({
  description: '`submissions`: work messages. `callbacks`: results. `changes`: batches of changes of the table.',
})

const DeadLetters = z
  .object({
    queue,
    count: count.meta({ description: 'Number of messages, as SQS estimates it.' }),
    lookedAt: count.optional().meta({ description: 'Number of messages that were read.' }),
    oldest: instant.nullable().optional(),
    kinds: z
      .array(
        z.object({
          kind: z.string().meta({ description: '`unreadable`: a redrive leaves these.' }),
          count,
          oldest: instant,
          newest: instant,
        }),
      )
      .optional(),
  })
  .meta({ id: 'DeadLetters', description: 'A dead-letter queue. With `kinds=true`, what its messages are.' })

const at = '2026-11-22T09:00:00.180Z'

/** The routes of dead letters. */
export const deadLetterPaths: ZodOpenApiPathsObject = {
  '/v1/operate/dead-letters': {
    get: operating(
      {
        operationId: 'listDeadLetters',
        summary: 'Count the messages that their queues gave up',
        description:
          'With `kinds=true`, up to 100 messages of each queue are read. SQS hides these from other readers for up to 30 s. A token of single accounts may not read them, because they are of all accounts.',
        requestParams: {
          query: withWords(DeadLettersQuery, { kinds: 'Also read messages, to tell their kinds and ages.' }),
        },
        responses: json('Each dead-letter queue.', z.object({ items: z.array(DeadLetters) }), {
          items: [
            {
              queue: 'submissions',
              count: 1,
              lookedAt: 1,
              oldest: at,
              kinds: [{ kind: 'submission', count: 1, oldest: at, newest: at }],
            },
          ],
        }),
      },
      ['invalid-parameter', 'account-not-allowed'],
    ),
  },
  '/v1/operate/dead-letters/{queue}/redrive': {
    post: operating(
      {
        operationId: 'redriveDeadLetters',
        summary: 'Send dead letters back to the queue that they came from',
        description:
          'Fix the cause first. Ten messages a second for at most 12 s, so about 100 in one call. Messages that cannot be read stay. Duplicates do no harm. Batches of changes need the command line.',
        requestParams: { path: z.object({ queue }) },
        requestBody: {
          content: {
            'application/json': {
              schema: z.strictObject(RedriveBody.shape).meta({ id: 'Redrive' }),
              examples: { few: { value: { atMost: 10 } } },
            },
          },
        },
        responses: json(
          'What was done.',
          z.object({
            queue,
            sentOn: count.meta({ description: 'Messages that were sent back.' }),
            left: count.meta({ description: 'Messages that cannot be read and stay.' }),
            finished: z.boolean().meta({ description: 'False if more may be left. Call again.' }),
          }),
          { queue: 'submissions', sentOn: 3, left: 0, finished: true },
        ),
      },
      [...withBody, 'not-found', 'account-not-allowed', 'needs-command-line'],
    ),
  },
}
