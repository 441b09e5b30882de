import * as z from 'zod/mini'
import { Identifier } from './requests.ts'

const listed = {
  id: z.string(),
  accountName: z.string(),
  receivedAt: z.string(),
  lastReceivedAt: z.string(),
  reason: z.string(),
  count: z.number(),
  characters: z.number(),
}

const ListedMessage = z.object(listed)
export type ListedMessage = z.infer<typeof ListedMessage>

export const MessagePage = z.object({ items: z.array(ListedMessage), nextCursor: z.nullable(z.string()) })

export const Message = z.object({
  ...listed,
  raw: z.string(),
  isAuthentic: z.boolean(),
  today: z.object({
    kind: z.string(),
    reason: z.optional(z.string()),
    upstreamRequestId: z.optional(z.string()),
    verdict: z.optional(z.string()),
    identifiers: z.optional(z.array(Identifier)),
  }),
})
export type Message = z.infer<typeof Message>

export const Done = z.object({ outcome: z.string() })

export const Latch = z.object({ credentialSet: z.string(), state: z.string(), failedLogins: z.number() })
export type Latch = z.infer<typeof Latch>
export const Latches = z.object({ items: z.array(Latch) })

export const Flow = z.object({
  credentialSet: z.string(),
  state: z.string(),
  limit: z.number(),
  largestLimit: z.number(),
  underWay: z.nullable(z.object({ single: z.number(), bulk: z.number() })),
  pausedUntil: z.nullable(z.string()),
  failures: z.number(),
})
export type Flow = z.infer<typeof Flow>
export const Flows = z.object({ items: z.array(Flow) })

const detail = z.record(z.string(), z.unknown())

const AuditEntry = z.object({
  id: z.string(),
  at: z.string(),
  act: z.string(),
  actor: z.string(),
  via: z.string(),
  accountName: z.nullable(z.string()),
  subject: z.string(),
  detail,
  result: z.nullable(z.string()),
  outcome: z.nullable(detail),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditPage = z.object({ items: z.array(AuditEntry), nextCursor: z.nullable(z.string()) })

const DeadLetters = z.object({
  queue: z.string(),
  count: z.number(),
  kinds: z.optional(z.array(z.object({ kind: z.string(), count: z.number(), oldest: z.string() }))),
})
export type DeadLetters = z.infer<typeof DeadLetters>
export const DeadLetterQueues = z.object({ items: z.array(DeadLetters) })

export const Redriven = z.object({ queue: z.string(), sentOn: z.number(), left: z.number(), finished: z.boolean() })
export type Redriven = z.infer<typeof Redriven>

const Listener = z.object({
  accountName: z.string(),
  service: z.string(),
  orders: z.string(),
  reason: z.nullable(z.string()),
  state: z.nullable(z.string()),
  checkedAt: z.nullable(z.string()),
  refusal: z.nullable(z.string()),
})
export type Listener = z.infer<typeof Listener>
export const Listeners = z.object({ items: z.array(Listener) })
