import * as z from 'zod/mini'
import { Instant } from '../request/stored-values.ts'

/** What the audit records. The words are part of the API. */
export const AuditedAct = z.enum([
  'request.retry',
  'request.cancel',
  'request.reorder',
  'submission.repeat',
  'submission.abandon',
  'dead-letters.redrive',
  'quarantine.rerun',
  'quarantine.dismiss',
  'latch.open',
  'flow.resume',
  'listener.check',
  'listener.register',
  'listener.replace',
  'listener.take-over',
  'listener.rotate-password',
])
export type AuditedAct = z.infer<typeof AuditedAct>

/** Small facts about an act, such as a reason or counts. Never a body, a credential or a device identifier. */
const Detail = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
export type AuditDetail = z.infer<typeof Detail>

/** How an act reached the gateway. `identity` and `host` are those of a person at the command line. */
export const AuditOrigin = z.object({
  via: z.enum(['api', 'ops', 'gateway']),
  /** The ARN that AWS names for the person's credentials. */
  identity: z.optional(z.string()),
  host: z.optional(z.string()),
})
export type AuditOrigin = z.infer<typeof AuditOrigin>

/** Written before an act changes anything. */
export const AuditIntent = z.extend(AuditOrigin, {
  /** Unique and random. */
  id: z.string(),
  at: Instant,
  act: AuditedAct,
  /** The caller's id, `operator:<name>`, or `gateway`. */
  actor: z.string(),
  accountName: z.optional(z.string()),
  /** What the act is about: a request id, a quarantined message, a queue, a credential set or a callback service. */
  subject: z.string(),
  detail: Detail,
})
export type AuditIntent = z.infer<typeof AuditIntent>

/** Written after the act. `at` is its end. */
export const AuditOutcome = z.object({
  at: Instant,
  result: z.enum(['done', 'nothing-done', 'failed']),
  detail: Detail,
})
export type AuditOutcome = z.infer<typeof AuditOutcome>

/** An act and its outcome. Without an outcome, the act is under way or was interrupted: it may have had its effect. */
export type AuditEntry = AuditIntent & { outcome?: AuditOutcome }
