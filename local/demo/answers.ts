import * as z from 'zod'

/** Schemas with the members of the API's responses that the scenarios check. */

const Upstream = z.looseObject({ status: z.number().optional(), code: z.string().optional() })
const Next = z.object({ what: z.string(), at: z.string().nullable(), why: z.string() })

const Attempt = z.looseObject({
  attempt: z.number(),
  outcome: z.string(),
  cause: z.string().optional(),
  error: Upstream.optional(),
})
const Submission = z.looseObject({
  submission: z.number(),
  state: z.string(),
  attempt: z.number(),
  upstreamRequestIds: z.array(z.string()),
  attempts: z.array(Attempt),
})

const Listed = z.looseObject({
  requestId: z.string(),
  action: z.string(),
  family: z.string(),
  status: z.string(),
  final: z.boolean(),
  devices: z.record(z.string(), z.number()),
})
export const RequestAnswer = Listed.extend({
  submissions: z.object({ total: z.number(), byState: z.record(z.string(), z.number()), items: z.array(Submission) }),
  next: Next.nullable(),
})
export type RequestAnswer = z.infer<typeof RequestAnswer>

const Ids = z.array(z.object({ kind: z.string(), id: z.string() }))
export const DeviceAnswer = z.looseObject({
  position: z.number(),
  deviceIds: Ids,
  status: z.string(),
  error: Upstream.optional(),
  result: z
    .looseObject({
      verdict: z.string(),
      identifiers: Ids,
      note: z.string().optional(),
      euicc: z.looseObject({ status: z.string().optional(), code: z.string().optional() }).optional(),
      fault: z.looseObject({ code: z.string().optional() }).optional(),
    })
    .optional(),
  others: z.array(z.looseObject({ verdict: z.string() })).optional(),
})
export type DeviceAnswer = z.infer<typeof DeviceAnswer>

export const DevicesPage = z.object({ items: z.array(DeviceAnswer), nextCursor: z.string().nullable() })
export type DevicesPage = z.infer<typeof DevicesPage>
export const RequestsPage = z.object({ items: z.array(Listed), nextCursor: z.string().nullable() })
export const HistoryPage = z.object({
  items: z.array(z.object({ request: Listed, device: DeviceAnswer.nullable() })),
  nextCursor: z.string().nullable(),
})

export const FailuresPage = z.object({
  items: z.array(z.looseObject({ position: z.number(), deviceIds: Ids, code: z.string().nullish() })),
})
export const ReorderAnswer = Listed.extend({
  reorderOf: z.string(),
  reorder: z.object({ deviceCount: z.number() }).optional(),
})

/** The devices of a submit body, as apps send it to the gateway and the gateway to ThingSpace. */
export const DeviceBody = z.looseObject({ devices: z.array(z.object({ deviceIds: Ids })) })
