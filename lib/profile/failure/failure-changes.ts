import type { ProfileRequest } from '../request/request.ts'
import type { DeviceStatus } from '../request/states.ts'
import { deviceStatusAt } from '../status/device-states.ts'
import type { FailedStatus } from './failure.ts'

/** A device whose failure begins or changes (`status`), or ends (no status). */
export type FailureChange = { position: number; status: FailedStatus | undefined }

const asFailed = (status: DeviceStatus): FailedStatus | undefined =>
  status === 'failed' || status === 'expired' ? status : undefined

/**
 * Compares two stored versions of a request. Returns the devices that became failed or expired, and those that are not
 * any more: a late success, or a retry. A repeated stream record gives the same changes.
 */
export function failureChanges(before: ProfileRequest | undefined, after: ProfileRequest): FailureChange[] {
  // If an Idempotency-Key is used again after its request expired, the id is the same, but the request is new.
  const was = before?.generation === after.generation ? before : undefined
  if (was !== undefined && was.version >= after.version) return []
  const changes: FailureChange[] = []
  for (let position = 0; position < after.deviceCount; position += 1) {
    const status = asFailed(deviceStatusAt(after.summary, position))
    const earlier = was === undefined ? undefined : asFailed(deviceStatusAt(was.summary, position))
    if (status !== earlier) changes.push({ position, status })
  }
  return changes
}
