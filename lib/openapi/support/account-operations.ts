import * as z from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import type { AccountHealth } from '../../profile/support/accounts/account-health.ts'
import type { lastCallbackOf } from '../../profile/support/accounts/last-callback.ts'
import { count, instant } from '../answers.ts'
import { always } from '../headers.ts'
import { reading } from '../reading-operations.ts'
import type { Holds, SameShape } from '../same-shape.ts'

const served = z.enum(['served', 'in-doubt', 'refused'])
const complete = z.boolean().meta({ description: 'False if there may be more than was counted.' })

const AccountAnswer = z
  .object({
    accountName: z.string(),
    served: z.object({ state: served, why: z.string().nullable() }).meta({
      description:
        'The worst of its callback services. `in-doubt`: orders are accepted with a warning. `refused`: orders are refused, or accepted with a warning if the gateway is set up so.',
    }),
    listeners: z
      .array(
        z.object({
          service: z.string(),
          orders: served,
          state: z.string().nullable().meta({ description: 'What the last check found. Null: never checked.' }),
          checkedAt: instant.nullable(),
          refusal: z.string().nullable().meta({ description: "ThingSpace's message, if it refused our registration." }),
        }),
      )
      .meta({ description: 'The callback registration for each service.' }),
    open: z
      .object({ requests: count, devices: count, complete })
      .meta({ description: 'Requests without a final status, and their devices without a final state.' }),
    unconfirmed: z.object({ submissions: count, awaitingDecision: count, complete }).meta({
      description:
        'Submissions that ThingSpace may have accepted, and those of them that wait for a decision: see `GET /v1/decisions`.',
    }),
    orphans: z
      .object({ count, complete })
      .meta({ description: 'Upstream request ids with callbacks that belong to no request.' }),
    quarantined: z
      .object({ messages: count, complete })
      .meta({ description: 'Callbacks that were not recorded. Equal ones of a day count once.' }),
  })
  .meta({ id: 'Account', description: 'The state of an account.' })

const LastCallback = z.object({ at: instant.nullable(), complete }).meta({
  description:
    'When the newest result of the newest requests arrived. If `complete` is false, an older request may have a newer one.',
})

const OneAccount = z.object({ ...AccountAnswer.shape, lastCallback: LastCallback }).meta({ id: 'AccountDetails' })

const example = {
  accountName: '0000123456-00001',
  served: { state: 'served', why: null },
  listeners: [
    {
      service: 'DeviceProfileService',
      orders: 'served',
      state: 'current',
      checkedAt: '2026-11-22T09:00:00.180Z',
      refusal: null,
    },
  ],
  open: { requests: 2, devices: 140, complete: true },
  unconfirmed: { submissions: 1, awaitingDecision: 0, complete: true },
  orphans: { count: 0, complete: true },
  quarantined: { messages: 0, complete: true },
}

const answer = (description: string, schema: z.ZodType, value: unknown) => ({
  '200': {
    description,
    headers: z.object(always),
    content: { 'application/json': { schema, examples: { accounts: { value } } } },
  },
})

/** The routes of the state of accounts. */
export const accountPaths: ZodOpenApiPathsObject = {
  '/v1/accounts': {
    get: reading(['invalid-parameter'], {
      operationId: 'listAccounts',
      summary: 'List the accounts of the caller with their state',
      description:
        'If the token allows all accounts: those that this gateway serves, and others that have open requests. Counts are those of stored summaries. Login latches belong to credential sets: see `GET /v1/operate/latches`.',
      responses: answer('The accounts.', z.object({ items: z.array(AccountAnswer) }), { items: [example] }),
    }),
  },
  '/v1/accounts/{accountName}': {
    get: reading(['invalid-parameter', 'not-found'], {
      operationId: 'showAccount',
      summary: 'Get the state of an account',
      requestParams: { path: z.object({ accountName: z.string().min(1) }) },
      responses: answer('The account.', OneAccount, {
        ...example,
        lastCallback: { at: '2026-11-22T09:12:31.020Z', complete: false },
      }),
    }),
  },
}

/** Makes the compiler prove that these schemas describe exactly what is built. @public */
export type Proof = [
  Holds<SameShape<z.infer<typeof AccountAnswer>, AccountHealth>>,
  Holds<SameShape<z.infer<typeof LastCallback>, Awaited<ReturnType<typeof lastCallbackOf>>>>,
]
