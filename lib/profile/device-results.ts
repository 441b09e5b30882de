import type { ActionName } from './action-names.ts'
import { actions } from './actions.ts'
import { type Device, idOf, identifierKey } from './identifiers.ts'
import type { DeviceStatus, Result } from './request.ts'
import { weighResult } from './weigh-result.ts'

/** The results of one submission laid on its devices. */
export type JoinedResults = {
  /** One list a device, in the order of the devices. */
  byDevice: Result[][]
  /** Results that name none of the devices: kept and shown, never applied. */
  unmatched: Result[]
}

const weightOf = { eid: 100, iccid: 10 } as const

/**
 * Joins results to devices on any shared identifier, EID first: a callback may name a device by other identifiers than
 * the request did. A result that fits several devices equally (an EID asked for twice, with two profiles) is theirs all.
 */
export function joinResults(devices: readonly Device[], results: readonly Result[]): JoinedResults {
  const positions = new Map<string, number[]>()
  devices.forEach((device, position) => {
    for (const identifier of device) {
      const key = identifierKey(identifier)
      const known = positions.get(key)
      if (known === undefined) positions.set(key, [position])
      else known.push(position)
    }
  })
  const byDevice: Result[][] = devices.map(() => [])
  const unmatched: Result[] = []
  for (const result of results) {
    const scores = new Map<number, number>()
    for (const identifier of result.identifiers) {
      const weight = identifier.kind === 'eid' || identifier.kind === 'iccid' ? weightOf[identifier.kind] : 1
      for (const position of positions.get(identifierKey(identifier)) ?? []) {
        scores.set(position, (scores.get(position) ?? 0) + weight)
      }
    }
    if (scores.size === 0) unmatched.push(result)
    const best = Math.max(...scores.values())
    for (const [position, score] of scores) if (score === best) byDevice[position]?.push(result)
  }
  return { byDevice, unmatched }
}

/** What one device's results amount to; `decisive` is the one that says so. */
export type DeviceVerdict = { status: DeviceStatus; decisive?: Result; conflict: boolean }

/** How much a verdict weighs; a later one of more weight replaces it, so an `expired` still gives way to a real result. */
export const rankOf: Readonly<Record<Result['verdict'], number>> = { warning: 1, expired: 2, succeeded: 3, failed: 3 }

/**
 * The status of a device. Of several finals the first received stands and the rest are a conflict.
 * @param overdue the deadline for results has passed: what is not final is `expired`.
 */
export function deviceVerdict(said: readonly Result[], action: ActionName, overdue: boolean): DeviceVerdict {
  const results = said.map((result) => weighResult(action, result))
  const relevant = actions[action].callbacks === 'per-device' ? results : results.filter(isDeviceLevel)
  const ordered = relevant.toSorted(
    (a, b) => rankOf[b.verdict] - rankOf[a.verdict] || a.receivedAt - b.receivedAt || (a.raw < b.raw ? -1 : 1),
  )
  const [decisive] = ordered
  const finals = new Set(relevant.filter(({ verdict }) => rankOf[verdict] === 3).map(({ verdict }) => verdict))
  const conflict = finals.size > 1 || relevant.some((result) => result.conflict === true)
  if (decisive === undefined) return { status: overdue ? 'expired' : 'pending', conflict }
  const status = overdue && decisive.verdict === 'warning' ? 'expired' : decisive.verdict
  return { status, decisive, conflict }
}

/**
 * What a device stays, given what it was told to be: of two different finals the first that was told stands, even if
 * the other turns out to have been received before it (adopted later, under an upstream request id of its own).
 */
export const standingStatus = ({ status, conflict }: DeviceVerdict, was: DeviceStatus): DeviceStatus =>
  conflict && (was === 'succeeded' || was === 'failed') ? was : status

/** device_suspend and device_resume answer once for each profile (with its ICCID) and once for the device (without). */
const isDeviceLevel = (result: Result): boolean =>
  idOf(result.identifiers, 'iccid') === undefined && result.profileRole === undefined
