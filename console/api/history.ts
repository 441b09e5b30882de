import * as z from 'zod/mini'
import { Identifier, Next } from './requests.ts'

const Said = z.object({ code: z.optional(z.string()), message: z.optional(z.string()) })

const HistoryEntry = z.object({
  at: z.string(),
  what: z.string(),
  detail: z.string(),
  submission: z.optional(z.number()),
  event: z.optional(z.string()),
  callback: z.optional(
    z.object({
      upstreamRequestId: z.string(),
      identifiers: z.array(Identifier),
      verdict: z.string(),
      fault: z.optional(Said),
      euicc: z.optional(
        z.object({
          status: z.optional(z.string()),
          code: z.optional(z.string()),
          description: z.optional(z.string()),
        }),
      ),
      note: z.optional(z.string()),
      raw: z.string(),
      adopted: z.boolean(),
      isResult: z.boolean(),
    }),
  ),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

export const Timeline = z.object({
  total: z.number(),
  items: z.array(HistoryEntry),
  next: Next,
  nextCursor: z.nullable(z.string()),
})

const EvidenceEntry = z.object({
  sequence: z.number(),
  entry: z.record(z.string(), z.unknown()),
  hash: z.string(),
})
export type EvidenceEntry = z.infer<typeof EvidenceEntry>

export const Evidence = z.object({
  requestId: z.string(),
  accountName: z.string(),
  action: z.string(),
  status: z.string(),
  collectedAt: z.string(),
  total: z.number(),
  finalHash: z.string(),
  entries: z.array(EvidenceEntry),
  nextCursor: z.nullable(z.string()),
})
export type Evidence = z.infer<typeof Evidence>
