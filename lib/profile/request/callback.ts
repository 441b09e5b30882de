import * as z from 'zod/mini'
import { Identifier } from '../order/identifiers.ts'

/** What one callback says of one device. `warning` means: done, but the device has not confirmed it. */
export const Verdict = z.enum(['warning', 'succeeded', 'failed', 'expired'])
export type Verdict = z.infer<typeof Verdict>

export const EuiccOutcome = z.object({
  status: z.optional(z.string()),
  code: z.optional(z.string()),
  description: z.optional(z.string()),
})

export const Fault = z.object({ code: z.string(), message: z.optional(z.string()) })
export type Fault = z.infer<typeof Fault>

/** Where a result comes from that is no callback shown to be ThingSpace's: its status call, or an operator's word. */
export const Provenance = z.enum(['reconciled', 'operator'])
export type Provenance = z.infer<typeof Provenance>

/** What one callback says of whom, as members of a schema; a result keeps them. */
export const Said = {
  identifiers: z.array(Identifier),
  verdict: Verdict,
  /** Why a verdict differs from what one might read at first sight, e.g. a fault that says "already active". */
  note: z.optional(z.string()),
  status: z.optional(z.string()),
  profileStatus: z.optional(z.string()),
  state: z.optional(z.string()),
  profileRole: z.optional(z.string()),
  euicc: z.optional(EuiccOutcome),
  fault: z.optional(Fault),
  /** What ThingSpace gave to the line. It may hold an activation code: never logged, listed or told in events. */
  assigned: z.optional(z.record(z.string(), z.string())),
  provenance: z.optional(Provenance),
  raw: z.string(),
} as const

/** One callback in our words, whatever of the four shapes it came in; `raw` is the message without its secrets. */
export const NormalisedCallback = z.object({
  upstreamRequestId: z.string().check(z.minLength(1)),
  ...Said,
  /** Content digest without credentials and delivery counters: equal for every redelivery of one message. */
  digest: z.string(),
})
export type NormalisedCallback = z.infer<typeof NormalisedCallback>

/** What reading a callback body can give. What is authentic but not understood is quarantined by the caller. */
export type CallbackReading =
  | { kind: 'understood'; callback: NormalisedCallback; credentials: CallbackCredentials | undefined }
  | { kind: 'not-understood'; reason: string; redacted: string; credentials: CallbackCredentials | undefined }

/** The user name and password ThingSpace echoes in the body, when it does. Never stored, never logged. */
export type CallbackCredentials = { username: string; password: string }
