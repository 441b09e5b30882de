import * as z from 'zod/mini'
import { CallbackContent } from './callback.ts'
import { Instant } from './stored-values.ts'

const { identifiers: _identifiers, ...contentOfOther } = CallbackContent
/** A further message about the same device and profile that did not replace the result. */
const OtherMessage = z.object({ ...contentOfOther, digest: z.string(), receivedAt: Instant })

/** The result of one device (and profile) of one upstream request id, from its callbacks. */
export const Result = z.object({
  upstreamRequestId: z.string(),
  accountName: z.string(),
  ...CallbackContent,
  firstReceivedAt: Instant,
  receivedAt: Instant,
  /**
   * Two different final messages arrived. The first is the result. The other is in `others`, or in quarantine if full.
   */
  conflict: z.optional(z.boolean()),
  others: z.optional(z.array(OtherMessage)),
})
export type Result = z.infer<typeof Result>

/** An upstream request id and its account. Different accounts may have equal ids. */
export type UpstreamName = { accountName: string; upstreamRequestId: string }
