import * as z from 'zod/mini'
import { Identifier } from '../order/identifiers.ts'

/**
 * The result that one callback reports for one device. `warning` means that ThingSpace has finished, but the device has
 * not confirmed yet.
 */
export const Verdict = z.enum(['warning', 'succeeded', 'failed', 'expired'])
export type Verdict = z.infer<typeof Verdict>

/** The report of the eUICC (the eSIM chip), if the callback holds one. */
export const EuiccOutcome = z.object({
  status: z.optional(z.string()),
  code: z.optional(z.string()),
  description: z.optional(z.string()),
})

/** The error in a callback, with ThingSpace's own code. */
export const Fault = z.object({ code: z.string(), message: z.optional(z.string()) })
export type Fault = z.infer<typeof Fault>

/** The source of a result that no callback reported: ThingSpace's status call, or an operator. */
export const Provenance = z.enum(['reconciled', 'operator'])
export type Provenance = z.infer<typeof Provenance>

/** The content of a callback, as members of a schema. Callbacks and stored results share it. */
export const CallbackContent = {
  identifiers: z.array(Identifier),
  verdict: Verdict,
  /** Why the verdict differs from the status in the message, e.g. for a fault that says "already active". */
  note: z.optional(z.string()),
  status: z.optional(z.string()),
  profileStatus: z.optional(z.string()),
  state: z.optional(z.string()),
  profileRole: z.optional(z.string()),
  euicc: z.optional(EuiccOutcome),
  fault: z.optional(Fault),
  /**
   * What ThingSpace assigned to the line. It may hold an activation code: never log it, list it or put it into events.
   */
  assigned: z.optional(z.record(z.string(), z.string())),
  provenance: z.optional(Provenance),
  /** The message as it was received, without credentials. */
  raw: z.string(),
} as const

/** One callback in the gateway's own terms, whichever of ThingSpace's four formats it had (docs/thingspace.md). */
export const NormalisedCallback = z.object({
  upstreamRequestId: z.string().check(z.minLength(1)),
  ...CallbackContent,
  /** Hash of the content without credentials and delivery counters. Equal for every redelivery of one message. */
  digest: z.string(),
})
export type NormalisedCallback = z.infer<typeof NormalisedCallback>

/** The result of parsing a callback body. The caller quarantines an authentic message that was not understood. */
export type CallbackReading =
  | { kind: 'understood'; callback: NormalisedCallback; credentials: CallbackCredentials | undefined }
  | { kind: 'not-understood'; reason: string; redacted: string; credentials: CallbackCredentials | undefined }

/** The user name and password that ThingSpace repeats in the body of some callbacks. Never store or log them. */
export type CallbackCredentials = { username: string; password: string }
