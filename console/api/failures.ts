import * as z from 'zod/mini'
import { Identifier } from './requests.ts'

const Failed = z.object({
  at: z.string(),
  requestId: z.string(),
  position: z.number(),
  deviceIds: z.array(Identifier),
  action: z.string(),
  status: z.string(),
  final: z.boolean(),
  code: z.nullable(z.string()),
  message: z.nullable(z.string()),
})
export type Failed = z.infer<typeof Failed>

export const FailurePage = z.object({ items: z.array(Failed), nextCursor: z.nullable(z.string()) })

const FailureCount = z.object({
  code: z.nullable(z.string()),
  action: z.string(),
  status: z.string(),
  devices: z.number(),
  meaning: z.optional(z.string()),
  cure: z.optional(z.string()),
})

const Day = z.object({ day: z.string(), devices: z.number(), complete: z.boolean(), counts: z.array(FailureCount) })
export type Day = z.infer<typeof Day>

export const FailureCounts = z.object({ from: z.string(), to: z.string(), days: z.array(Day) })

/** What a new order of failed devices would send, and what it leaves. */
export const Reorder = z.object({
  dryRun: z.literal(true),
  action: z.string(),
  accountName: z.string(),
  deviceCount: z.number(),
  devices: z.array(z.object({ position: z.number(), deviceIds: z.array(Identifier), status: z.string() })),
  left: z.array(z.object({ reason: z.string(), devices: z.number() })),
})
export type Reorder = z.infer<typeof Reorder>
