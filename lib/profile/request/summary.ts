import * as z from 'zod/mini'
import { DeviceCounts, RequestStatus, SubmissionCounts } from './states.ts'
import { Bytes } from './stored-values.ts'
import type { Submission } from './submission.ts'

/** The computed status of a request. It is stored on the request, so lists need not read submissions and results. */
export const Summary = z.object({
  status: RequestStatus,
  devices: DeviceCounts,
  submissions: SubmissionCounts,
  /** Number of submissions that wait for a decision. */
  awaitingDecision: z.int().check(z.nonnegative()),
  /** Number of devices with two different final results. */
  conflicts: z.int().check(z.nonnegative()),
  /** One byte per device: the index of its `DeviceStatus`, a bit for a final result, and a bit for a conflict. */
  deviceStates: Bytes,
})
export type Summary = z.infer<typeof Summary>

/** The summary of a new request: all devices are pending. */
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

/** Counts submissions by state. */
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

/** Device counts with zero for each status. */
export const noDevices = (): DeviceCounts => ({
  pending: 0,
  warning: 0,
  succeeded: 0,
  failed: 0,
  expired: 0,
  cancelled: 0,
})
