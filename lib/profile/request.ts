import * as z from 'zod/mini'
import { ActionName, Family } from './action-names.ts'
import { DeviceShape } from './device-shape.ts'
import { Identifier } from './identifiers.ts'
import { Attempt, UpstreamError } from './outcome.ts'
import { Said } from './callback.ts'

/** Epoch milliseconds. */
const Instant = z.int().check(z.nonnegative())

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)

export const RequestStatus = z.enum([
  'queued',
  'submitting',
  'retrying',
  'unconfirmed',
  'submitted',
  'succeeded',
  'partially_succeeded',
  'failed',
  'expired',
  'cancelled',
])
export type RequestStatus = z.infer<typeof RequestStatus>

const finalRequestStatuses: ReadonlySet<RequestStatus> = new Set([
  'succeeded',
  'partially_succeeded',
  'failed',
  'expired',
  'cancelled',
])
export const isFinalRequest = (status: RequestStatus): boolean => finalRequestStatuses.has(status)

/** The order is the code of a status in a request's packed device states: append, never reorder. */
export const DeviceStatus = z.enum(['pending', 'warning', 'succeeded', 'failed', 'expired', 'cancelled'])
export type DeviceStatus = z.infer<typeof DeviceStatus>

/** Nothing leaves these but `expired`, and that only by a real result. */
export const isFinalDevice = (status: DeviceStatus): boolean => status !== 'pending' && status !== 'warning'

export const DeviceCounts = z.record(DeviceStatus, z.int().check(z.nonnegative()))
export type DeviceCounts = z.infer<typeof DeviceCounts>

export const SubmissionState = z.enum([
  'queued',
  'submitting',
  'waiting',
  'unconfirmed',
  'submitted',
  'rejected',
  'exhausted',
  'cancelled',
  'abandoned',
])
export type SubmissionState = z.infer<typeof SubmissionState>

export const SubmissionCounts = z.record(SubmissionState, z.int().check(z.nonnegative()))
export type SubmissionCounts = z.infer<typeof SubmissionCounts>

/** Somebody's explicit decision about a submission: a caller of the API, or an operator at the command line. */
export const DecisionNote = z.object({ at: Instant, by: z.string(), what: z.enum(['retry', 'cancel', 'abandon']) })
export type DecisionNote = z.infer<typeof DecisionNote>

/** What one POST to ThingSpace is to be, was, and became: a range of the request's devices. */
export const Submission = z.object({
  requestId: z.string(),
  /** That of its request. */
  generation: z.string(),
  /** Named after the position of its first device, so that the halves of a split one have names of their own. */
  submission: z.int().check(z.nonnegative()),
  firstDevice: z.int().check(z.nonnegative()),
  deviceCount: z.int().check(z.positive()),
  state: SubmissionState,
  /** Tries begun so far: a pointer to another one is late. */
  attempt: z.int().check(z.nonnegative()),
  /** Grows with each transition; the fence: whoever saw another may not write. */
  revision: z.int().check(z.nonnegative()),
  /** Who began the attempt, so that a worker whose write succeeded but whose answer was lost recognises its own. */
  claimId: z.optional(z.string()),
  attempts: z.array(Attempt),
  createdAt: Instant,
  updatedAt: Instant,
  leaseUntil: z.optional(Instant),
  nextAttemptAt: z.optional(Instant),
  /** After this no more retries: `exhausted`. A decision to retry sets it anew. */
  giveUpAt: Instant,
  graceEndsAt: z.optional(Instant),
  /** What the end of the grace period is expected to bring: a repeat, or a person's decision. Shown, not acted on. */
  repeatsAfterGrace: z.optional(z.boolean()),
  resultsDueAt: z.optional(Instant),
  /** More than one only if an attempt of unknown outcome turned out to be accepted beside its repeat. */
  upstreamRequestIds: z.array(z.string()),
  /** Those among them that were learnt from callbacks, not from an answer. */
  adopted: z.optional(z.array(z.string())),
  error: z.optional(UpstreamError),
  /** The submission whose refusal it was cut off from to find the device to blame. */
  splitFrom: z.optional(z.int().check(z.nonnegative())),
  /** When `sweep-due` looks at it; absent when only results can still come (the request carries that date). */
  dueAt: z.optional(Instant),
  /** Waits for a person: stays listed, is not swept. */
  awaitsDecision: z.optional(z.boolean()),
  decisions: z.optional(z.array(DecisionNote)),
  /** How many of its pointers went to the dead-letter queue. For people to see; nothing depends on it. */
  deadLetters: z.optional(z.int().check(z.nonnegative())),
})
export type Submission = z.infer<typeof Submission>

/** What the last fold found; kept on the request so that final requests and lists need no second look. */
export const Fold = z.object({
  status: RequestStatus,
  devices: DeviceCounts,
  submissions: SubmissionCounts,
  /** Submissions that wait for a person. */
  awaitingDecision: z.int().check(z.nonnegative()),
  /** Devices with two different finals. */
  conflicts: z.int().check(z.nonnegative()),
  /** One byte a device: the index of its `DeviceStatus`, a bit for a final that a result says, and one for a conflict. */
  deviceStates: Bytes,
})
export type Fold = z.infer<typeof Fold>

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
  /** Grows with each fold that changed something: the fence of folds, and the sequence number of events. */
  version: z.int().check(z.nonnegative()),
  fold: Fold,
  dueAt: z.optional(Instant),
  /** The version at which somebody asked for a fold; the wish is open as long as it is still the version. */
  askedAt: z.optional(z.int().check(z.nonnegative())),
  /** Settled submissions with new results, which the next fold reads again. */
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

/** A link from a device to a request that named it. */
export const DeviceLink = z.object({
  identifier: Identifier,
  /** Set where only a result named the device so. Such a link says nothing of who was ordered: histories alone read it. */
  namedBy: z.optional(z.enum(['result'])),
  requestId: z.string(),
  /** A link is written before its request, so it may lead to a request that was never stored, or to an older one. */
  generation: z.string(),
  position: z.int().check(z.nonnegative()),
  accountName: z.string(),
  action: ActionName,
  createdAt: Instant,
})
export type DeviceLink = z.infer<typeof DeviceLink>
