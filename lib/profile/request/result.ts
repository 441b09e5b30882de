import * as z from 'zod/mini'
import { Said } from './callback.ts'
import { Instant } from './stored-values.ts'

const { identifiers: _identifiers, ...saidBeside } = Said
/** A message about the same device and profile that did not replace the result. It counts as a result of its own. */
const OtherMessage = z.object({ ...saidBeside, digest: z.string(), receivedAt: Instant })

/** What callbacks said of one device (and profile) of one upstream request id. */
export const Result = z.object({
  upstreamRequestId: z.string(),
  accountName: z.string(),
  ...Said,
  firstReceivedAt: Instant,
  receivedAt: Instant,
  /** Two different finals came. The first stands; the other is among `others`, or in quarantine if there was no room. */
  conflict: z.optional(z.boolean()),
  others: z.optional(z.array(OtherMessage)),
})
export type Result = z.infer<typeof Result>

/** An upstream request id, which means nothing without the account that it was given to. */
export type UpstreamName = { accountName: string; upstreamRequestId: string }
