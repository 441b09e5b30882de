import * as z from 'zod/mini'
import { ActionName, Family } from '../order/action-names.ts'
import { DeviceShape } from '../order/device-shape.ts'
import { Bytes, Instant } from './stored-values.ts'
import type { Lane, Submission } from './submission.ts'
import { Summary } from './summary.ts'

/** An app's request: one action on one or more devices of one account. */
export const ProfileRequest = z.object({
  requestId: z.string(),
  action: ActionName,
  family: Family,
  accountName: z.string(),
  caller: z.string(),
  /** Hash of action and body. It tells a replay from another body under the same Idempotency-Key. */
  fingerprint: z.string(),
  /**
   * Random for each new request, and part of the key of its items. If a caller uses an Idempotency-Key again after the
   * request has expired, the new request has the same id but never finds items of the old one.
   */
  generation: z.string(),
  /** The W3C trace context: the caller's trace, or a new one. Absent in requests of earlier versions. */
  traceparent: z.optional(z.string()),
  fields: z.record(z.string(), z.unknown()),
  /** How the body wrote its devices. `deviceIds` if absent. */
  deviceShape: z.optional(DeviceShape),
  deviceCount: z.int().check(z.positive()),
  /** The packed devices of a small request. A larger one stores them in separate manifest parts. */
  manifest: z.optional(Bytes),
  devicesPerSubmission: z.int().check(z.positive()),
  createdAt: Instant,
  updatedAt: Instant,
  finalAt: z.optional(Instant),
  cancelledAt: z.optional(Instant),
  cancelledBy: z.optional(z.string()),
  /** The request whose failed devices this one orders again. */
  reorderOf: z.optional(z.string()),
  /** The requests that order failed devices of this one again. */
  reorderedBy: z.optional(z.array(z.string())),
  /**
   * Grows with each summary and with a cancellation. It fences concurrent writes and is the sequence number of events.
   */
  version: z.int().check(z.nonnegative()),
  summary: Summary,
  dueAt: z.optional(Instant),
  /** The version at which a summary was asked for. That summary is still missing while both are equal. */
  askedAt: z.optional(z.int().check(z.nonnegative())),
  /** Settled submissions with new results. The next summary reads them again. */
  reopened: z.optional(z.set(z.int())),
})
export type ProfileRequest = z.infer<typeof ProfileRequest>

/** Number of submissions that a request is planned with. A refused one may be split into more. */
export const submissionCountOf = (request: Pick<ProfileRequest, 'deviceCount' | 'devicesPerSubmission'>): number =>
  Math.ceil(request.deviceCount / request.devicesPerSubmission)

/** The lane of a request: `single` if it was planned with one submission. */
export const laneOf = (request: Pick<ProfileRequest, 'deviceCount' | 'devicesPerSubmission'>): Lane =>
  submissionCountOf(request) === 1 ? 'single' : 'bulk'

/**
 * Whether a request is older than a day, so that its items may expire before a further attempt has its results.
 * Automatic retries end within a day, so only a decision continues an old request.
 */
export const isOld = ({ createdAt }: Pick<ProfileRequest, 'createdAt'>, now: number): boolean =>
  now - createdAt > 24 * 3_600_000

/** The names of the planned submissions whose first device has a position in [from, to). */
export function plannedSubmissions(
  { deviceCount, devicesPerSubmission }: Pick<ProfileRequest, 'deviceCount' | 'devicesPerSubmission'>,
  from = 0,
  to = deviceCount,
): number[] {
  const first = Math.ceil(from / devicesPerSubmission) * devicesPerSubmission
  const count = Math.max(0, Math.ceil((Math.min(to, deviceCount) - first) / devicesPerSubmission))
  return Array.from({ length: count }, (_, index) => first + index * devicesPerSubmission)
}

/** The names of the planned submissions that do not exist yet. */
export function missingSubmissions(
  request: Pick<ProfileRequest, 'deviceCount' | 'devicesPerSubmission'>,
  submissions: readonly Submission[],
): number[] {
  const created = new Set(submissions.map(({ submission }) => submission))
  return plannedSubmissions(request).filter((submission) => !created.has(submission))
}
