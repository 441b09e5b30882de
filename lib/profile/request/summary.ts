import * as z from 'zod/mini'
import { DeviceCounts, RequestStatus, SubmissionCounts } from './states.ts'
import { Bytes } from './stored-values.ts'
import type { Submission } from './submission.ts'

/** What the last summary found; kept on the request so that final requests and lists need no second look. */
export const Summary = z.object({
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
export type Summary = z.infer<typeof Summary>

/** What a request is before anything is known of it. */
export function initialSummary(
  deviceCount: number,
  submissions: readonly Submission[],
  status: RequestStatus,
): Summary {
  return {
    status,
    devices: { ...noDevices(), pending: deviceCount },
    submissions: countStates(submissions),
    awaitingDecision: 0,
    conflicts: 0,
    deviceStates: new Uint8Array(deviceCount),
  }
}

export function countStates(submissions: readonly Submission[]): SubmissionCounts {
  const counts: SubmissionCounts = {
    queued: 0,
    submitting: 0,
    waiting: 0,
    unconfirmed: 0,
    submitted: 0,
    rejected: 0,
    exhausted: 0,
    cancelled: 0,
    abandoned: 0,
  }
  for (const { state } of submissions) counts[state] += 1
  return counts
}

export const noDevices = (): DeviceCounts => ({
  pending: 0,
  warning: 0,
  succeeded: 0,
  failed: 0,
  expired: 0,
  cancelled: 0,
})
