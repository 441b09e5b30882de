import * as z from 'zod/mini'
import { Device, Identifier, ListedRequest } from './requests.ts'

const Meaning = z.object({ kind: z.string(), id: z.string() })

const Quarantined = z.object({
  id: z.string(),
  accountName: z.string(),
  reason: z.string(),
  receivedAt: z.string(),
  count: z.optional(z.number()),
  raw: z.optional(z.string()),
})

export const Found = z.object({
  query: z.string(),
  understoodAs: z.array(Meaning),
  requests: z.array(z.extend(ListedRequest, { matchedBy: Meaning })),
  cards: z.array(
    z.extend(Identifier, {
      requests: z.number(),
      hasMoreRequests: z.optional(z.boolean()),
      orphans: z.number(),
      quarantined: z.number(),
    }),
  ),
  upstream: z.array(
    z.object({
      upstreamRequestId: z.string(),
      accountName: z.string(),
      requestId: z.optional(z.string()),
      orphan: z.boolean(),
    }),
  ),
  quarantined: z.array(Quarantined),
})
export type Found = z.infer<typeof Found>

const OpenEntry = z.object({
  requestId: z.string(),
  accountName: z.string(),
  action: z.string(),
  createdAt: z.string(),
  requestStatus: z.string(),
  position: z.number(),
  status: z.string(),
})

const Orphan = z.object({
  upstreamRequestId: z.string(),
  accountName: z.string(),
  firstReceivedAt: z.string(),
  results: z.array(
    z.object({ verdict: z.string(), identifiers: z.array(Identifier), receivedAt: z.string(), raw: z.string() }),
  ),
})

export const Card = z.object({
  card: Identifier,
  open: z.optional(z.array(OpenEntry)),
  mayHaveMoreOpen: z.optional(z.boolean()),
  orphans: z.optional(z.array(Orphan)),
  quarantined: z.optional(z.array(Quarantined)),
  alsoNamed: z.array(z.extend(Identifier, { source: z.string() })),
  assigned: z.record(z.string(), z.string()),
  requests: z.array(z.object({ request: ListedRequest, device: z.nullable(Device) })),
  nextCursor: z.nullable(z.string()),
})
export type Card = z.infer<typeof Card>
