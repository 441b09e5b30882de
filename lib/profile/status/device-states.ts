import { DeviceStatus, isFinalDevice } from '../request/states.ts'
import type { Summary } from '../request/summary.ts'

/**
 * A summary with its packed device states: one byte per device, in request order. The low bits are the index of the
 * device's `DeviceStatus`. One bit marks a conflict, and one marks a status that a result reported.
 */
type DeviceStates = Pick<Summary, 'deviceStates'>

/** A range of device positions in a request. */
type Range = { firstDevice: number; deviceCount: number }

const statuses = DeviceStatus.options

/** Set for a device with two different final results, so conflicts need no counter of their own. */
const conflictBit = 0x80
/** Set if a result, and not the state of the submission, reported success or failure. Later results do not change it. */
const evidenceBit = 0x40

/** Encodes the state of one device. */
export const codeOf = (status: DeviceStatus, { conflict = false, reported = false } = {}): number =>
  statuses.indexOf(status) | (conflict ? conflictBit : 0) | (reported ? evidenceBit : 0)

/** Decodes the status from a device state. */
export const statusOfCode = (code: number): DeviceStatus => statuses[code & ~conflictBit & ~evidenceBit] ?? 'pending'

/** Whether a device state has the conflict bit, the highest one. */
export const isConflict = (code: number): boolean => code >= conflictBit

/** The status of the device at a position, as last computed. */
export const deviceStatusAt = (summary: DeviceStates, position: number): DeviceStatus =>
  statusOfCode(summary.deviceStates[position] ?? 0)

/** Whether a result has reported success or failure for the device. Later results cannot change its status. */
export const isReported = (summary: DeviceStates, position: number): boolean =>
  ((summary.deviceStates[position] ?? 0) & evidenceBit) !== 0

/** Whether results have decided every device of a submission. Summaries then do not read its results again. */
export function isSettled(summary: DeviceStates, { firstDevice, deviceCount }: Range): boolean {
  for (let position = firstDevice; position < firstDevice + deviceCount; position += 1) {
    if (!isReported(summary, position)) return false
  }
  return true
}

/** Whether a submission has a device whose status is not final. */
export function hasOpenDevices(summary: DeviceStates, { firstDevice, deviceCount }: Range): boolean {
  for (let position = firstDevice; position < firstDevice + deviceCount; position += 1) {
    if (!isFinalDevice(deviceStatusAt(summary, position))) return true
  }
  return false
}
