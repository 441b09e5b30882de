import * as z from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { instant } from '../answers.ts'
import { always } from '../headers.ts'
import { Done, json, operating } from './operating-answers.ts'

const Listener = z
  .object({
    accountName: z.string(),
    service: z.string(),
    orders: z.enum(['served', 'in-doubt', 'refused']).meta({
      description: '`in-doubt`: orders are accepted with a warning. `refused`: see `unservedAccounts` of the stage.',
    }),
    reason: z.string().nullable(),
    state: z.string().nullable().meta({ description: 'What the last check found. Null: never checked.' }),
    checkedAt: instant.nullable(),
    refusal: z.string().nullable().meta({ description: "ThingSpace's message, if it refused our registration." }),
    known: z
      .object({ state: z.string(), at: instant })
      .nullable()
      .meta({ description: 'The last state that ThingSpace told.' }),
  })
  .meta({ id: 'Listener', description: 'The callback registration of an account for one service.' })

const at = '2026-11-22T09:00:00.180Z'

/** The routes of callback registrations. */
export const listenerPaths: ZodOpenApiPathsObject = {
  '/v1/operate/listeners': {
    get: operating(
      {
        operationId: 'listListeners',
        summary: 'List the callback registrations as they were last checked',
        description: 'Of the accounts of this gateway that the token allows. Reads stored states and asks no one.',
        responses: json('The registrations.', z.object({ items: z.array(Listener) }), {
          items: [
            {
              accountName: '0000123456-00001',
              service: 'DeviceProfileService',
              orders: 'served',
              reason: null,
              state: 'current',
              checkedAt: at,
              refusal: null,
              known: { state: 'current', at },
            },
          ],
        }),
      },
      ['invalid-parameter'],
    ),
  },
  '/v1/operate/listeners/check': {
    post: operating(
      {
        operationId: 'checkListeners',
        summary: 'Check and repair the callback registrations now',
        description:
          'Runs what runs each hour, for all accounts. The list then has a new `checkedAt`. It takes seconds, and longer if ThingSpace is slow.',
        responses: {
          '202': {
            description: 'A check was asked for.',
            headers: z.object(always),
            content: { 'application/json': { schema: Done, examples: { asked: { value: { outcome: 'asked' } } } } },
          },
        },
      },
      [],
    ),
  },
}
