import * as z from 'zod/mini'

const complete = z.boolean()

const account = {
  accountName: z.string(),
  served: z.object({ state: z.string(), why: z.nullable(z.string()) }),
  listeners: z.array(
    z.object({
      service: z.string(),
      orders: z.string(),
      state: z.nullable(z.string()),
      checkedAt: z.nullable(z.string()),
      refusal: z.nullable(z.string()),
    }),
  ),
  open: z.object({ requests: z.number(), devices: z.number(), complete }),
  unconfirmed: z.object({ submissions: z.number(), awaitingDecision: z.number(), complete }),
  orphans: z.object({ count: z.number(), complete }),
  quarantined: z.object({ messages: z.number(), complete }),
}

export const Accounts = z.object({ items: z.array(z.object(account)) })

export const AccountDetails = z.object({
  ...account,
  lastCallback: z.object({ at: z.nullable(z.string()), complete }),
})
export type AccountDetails = z.infer<typeof AccountDetails>
