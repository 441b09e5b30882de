import * as z from 'zod/mini'
import { ActionName, Family } from '../order/action-names.ts'
import { DeviceShape } from '../order/device-shape.ts'
import { Bytes, Instant } from './stored-values.ts'
import type { Submission } from './submission.ts'
import { Summary } from './summary.ts'

/** What an app asked for: one action on 1..n devices of one account. */
export const ProfileRequest = z.object({
  requestId: z.string(),
  action: ActionName,
  family: Family,
  accountName: z.string(),
  caller: z.string(),
  /** Tells the same body from another under one Idempotency-Key. */
  fingerprint: z.string(),
  /**
   * Drawn anew by each order. It is part of the identity of everything that belongs to the request, so that one whose
   * Idempotency-Key is used again after its end never meets the remains of the older one.
   */
  generation: z.string(),
  fields: z.record(z.string(), z.unknown()),
  /** How the body wrote its devices, if not as `deviceIds`. */
  deviceShape: z.optional(DeviceShape),
  deviceCount: z.int().check(z.positive()),
  /** The packed devices, where they are few; else they lie in parts beside the request. */
  manifest: z.optional(Bytes),
  devicesPerSubmission: z.int().check(z.positive()),
  createdAt: Instant,
  updatedAt: Instant,
  finalAt: z.optional(Instant),
  cancelledAt: z.optional(Instant),
  cancelledBy: z.optional(z.string()),
  /** Grows with each summary that changed something: the fence of summaries, and the sequence number of events. */
  version: z.int().check(z.nonnegative()),
  summary: Summary,
  dueAt: z.optional(Instant),
  /** The version at which somebody asked for a summary; the wish is open as long as it is still the version. */
  askedAt: z.optional(z.int().check(z.nonnegative())),
  /** Settled submissions with new results, which the next summary reads again. */
  reopened: z.optional(z.set(z.int())),
})
export type ProfileRequest = z.infer<typeof ProfileRequest>

/** How many submissions a request begins with; a refused one may be split into more. */
export const submissionCountOf = (request: Pick<ProfileRequest, 'deviceCount' | 'devicesPerSubmission'>): number =>
  Math.ceil(request.deviceCount / request.devicesPerSubmission)

/** Whether a good part of the time that a request is kept is over; nothing that goes on by itself takes so long. */
export const isOld = ({ createdAt }: Pick<ProfileRequest, 'createdAt'>, now: number): boolean =>
  now - createdAt > 24 * 3_600_000

/** The submissions a request begins with that lie, by their first device, in a range of positions. */
export function plannedSubmissions(
  { deviceCount, devicesPerSubmission }: Pick<ProfileRequest, 'deviceCount' | 'devicesPerSubmission'>,
  from = 0,
  to = deviceCount,
): number[] {
  const first = Math.ceil(from / devicesPerSubmission) * devicesPerSubmission
  const count = Math.max(0, Math.ceil((Math.min(to, deviceCount) - first) / devicesPerSubmission))
  return Array.from({ length: count }, (_, index) => first + index * devicesPerSubmission)
}

/** The planned submissions that have not been created. */
export function missingSubmissions(
  request: Pick<ProfileRequest, 'deviceCount' | 'devicesPerSubmission'>,
  submissions: readonly Submission[],
): number[] {
  const created = new Set(submissions.map(({ submission }) => submission))
  return plannedSubmissions(request).filter((submission) => !created.has(submission))
}
