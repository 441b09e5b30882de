import * as z from 'zod/mini'

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

/** The order is stored: a summary keeps each status as its index here. Append new ones and never reorder. */
export const DeviceStatus = z.enum(['pending', 'warning', 'succeeded', 'failed', 'expired', 'cancelled'])
export type DeviceStatus = z.infer<typeof DeviceStatus>

/** Final states are kept. The only exception is `expired`, which a late result replaces. */
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
