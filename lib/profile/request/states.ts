import * as z from 'zod/mini'

/** The status of a request, computed from its submissions and results. docs/api.md explains each value. */
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
/** Whether no further change is expected. A late result may still change a final status. */
export const isFinalRequest = (status: RequestStatus): boolean => finalRequestStatuses.has(status)

/** The order is stored: a summary keeps each status as its index here. Append new ones and never reorder. */
export const DeviceStatus = z.enum(['pending', 'warning', 'succeeded', 'failed', 'expired', 'cancelled'])
export type DeviceStatus = z.infer<typeof DeviceStatus>

/** Final states are kept. The only exception is `expired`, which a late result replaces. */
export const isFinalDevice = (status: DeviceStatus): boolean => status !== 'pending' && status !== 'warning'

export const DeviceCounts = z.record(DeviceStatus, z.int().check(z.nonnegative()))
export type DeviceCounts = z.infer<typeof DeviceCounts>

/**
 * The state of a submission:
 * - `queued`: no attempt yet.
 * - `submitting`: an attempt is in flight and holds the lease.
 * - `waiting`: ThingSpace accepted nothing, or a repeat is allowed. The next attempt has a date.
 * - `unconfirmed`: ThingSpace may have accepted it.
 * - `submitted`: ThingSpace accepted it. Callbacks bring the results.
 * - `rejected`: ThingSpace refused it.
 * - `exhausted`: the time for retries is over, and ThingSpace accepted nothing.
 * - `cancelled`: stopped before ThingSpace accepted anything.
 * - `abandoned`: given up while unconfirmed.
 */
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
