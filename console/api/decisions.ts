import * as z from 'zod/mini'
import { Identifier } from './requests.ts'

const Fit = z.object({
  upstreamRequestId: z.string(),
  receivedAt: z.string(),
  results: z.number(),
  adoptable: z.boolean(),
  candidates: z.number(),
})

const Answer = z.object({
  answer: z.string(),
  effect: z.string(),
  submissions: z.number(),
  devices: z.number(),
  text: z.string(),
  call: z.object({ method: z.literal('POST'), path: z.string(), body: z.record(z.string(), z.unknown()) }),
})
export type Answer = z.infer<typeof Answer>

const Decision = z.object({
  requestId: z.string(),
  submission: z.number(),
  accountName: z.string(),
  action: z.string(),
  deviceCount: z.number(),
  devices: z.array(z.object({ deviceIds: z.array(Identifier) })),
  attempts: z.number(),
  since: z.string(),
  abandonedAt: z.nullable(z.string()),
  why: z.string(),
  risk: z.object({ repeatable: z.boolean(), text: z.string() }),
  fits: z.array(Fit),
  fitsComplete: z.boolean(),
  answers: z.array(Answer),
})
export type Decision = z.infer<typeof Decision>

export const DecisionPage = z.object({ items: z.array(Decision), nextCursor: z.nullable(z.string()) })
