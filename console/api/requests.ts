import * as z from 'zod/mini'

// The answers of the gateway that the console shows. A member that is not named here is ignored, and a word that the
// console does not know is shown as it is, because new ones may be added at any time.

export const Identifier = z.object({ kind: z.string(), id: z.string() })

const count = z.number()

export const DeviceCounts = z.object({
  total: count,
  pending: count,
  warning: count,
  succeeded: count,
  failed: count,
  expired: count,
  cancelled: count,
  conflicts: count,
})
export type DeviceCounts = z.infer<typeof DeviceCounts>

export const Next = z.nullable(z.object({ what: z.string(), at: z.nullable(z.string()), why: z.string() }))

const UpstreamError = z.object({
  status: z.optional(z.number()),
  code: z.optional(z.string()),
  message: z.optional(z.string()),
})

const Attempt = z.object({
  attempt: z.number(),
  startedAt: z.string(),
  finishedAt: z.string(),
  outcome: z.string(),
  cause: z.optional(z.string()),
  error: z.optional(UpstreamError),
  upstreamRequestId: z.optional(z.string()),
})

export const Submission = z.object({
  submission: z.number(),
  devices: z.object({ first: z.number(), count }),
  state: z.string(),
  attempt: z.number(),
  upstreamRequestIds: z.array(z.string()),
  adopted: z.optional(z.array(z.string())),
  error: z.optional(UpstreamError),
  deadLetters: z.optional(z.number()),
  decisions: z.optional(z.array(z.object({ at: z.string(), by: z.string(), what: z.string() }))),
  attempts: z.array(Attempt),
  next: Next,
})
export type Submission = z.infer<typeof Submission>

export const ListedRequest = z.object({
  requestId: z.string(),
  action: z.string(),
  family: z.string(),
  accountName: z.string(),
  status: z.string(),
  final: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  finalAt: z.optional(z.string()),
  cancelledAt: z.optional(z.string()),
  cancelledBy: z.optional(z.string()),
  devices: DeviceCounts,
})
export type ListedRequest = z.infer<typeof ListedRequest>

export const Request = z.extend(ListedRequest, {
  submissions: z.object({
    total: count,
    byState: z.record(z.string(), count),
    awaitingDecision: count,
    items: z.array(Submission),
  }),
  next: Next,
  reorderOf: z.optional(z.string()),
  reorderedBy: z.optional(z.array(z.string())),
})
export type Request = z.infer<typeof Request>

export const RequestPage = z.object({ items: z.array(ListedRequest), nextCursor: z.nullable(z.string()) })

const EuiccReport = z.object({
  status: z.optional(z.string()),
  code: z.optional(z.string()),
  description: z.optional(z.string()),
})

const Result = z.object({
  upstreamRequestId: z.string(),
  identifiers: z.array(Identifier),
  verdict: z.string(),
  status: z.optional(z.string()),
  profileStatus: z.optional(z.string()),
  state: z.optional(z.string()),
  euicc: z.optional(EuiccReport),
  fault: z.optional(z.object({ code: z.optional(z.string()), message: z.optional(z.string()) })),
  note: z.optional(z.string()),
  assigned: z.optional(z.record(z.string(), z.string())),
  provenance: z.string(),
  receivedAt: z.string(),
})

export const Device = z.object({
  position: z.number(),
  deviceIds: z.array(Identifier),
  submission: z.nullable(z.number()),
  status: z.string(),
  conflict: z.optional(z.boolean()),
  error: z.optional(UpstreamError),
  result: z.optional(Result),
  others: z.optional(z.array(z.object({ verdict: z.string(), receivedAt: z.string() }))),
})
export type Device = z.infer<typeof Device>

export const DevicePage = z.object({
  items: z.array(Device),
  nextCursor: z.nullable(z.string()),
  unmatchedResults: z.optional(z.array(Result)),
})
