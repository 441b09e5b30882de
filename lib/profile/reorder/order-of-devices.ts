import { createHash } from 'node:crypto'
import { actions } from '../order/actions.ts'
import { writeDevices } from '../order/device-shape.ts'
import { type BodyReading, readBody } from '../order/read-body.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Candidate } from './candidate.ts'
import type { ReorderFilter } from './choose-devices.ts'

/** The body of the new order: that of the old one with fewer devices, checked like any order. */
export function bodyOf(request: ProfileRequest, chosen: readonly Candidate[]): BodyReading {
  const { action, accountName, fields, family, deviceShape } = request
  const devices = writeDevices(
    chosen.map(({ view }) => view.deviceIds),
    deviceShape,
  )
  const reading = readBody(actions[action], { ...fields, accountName, devices })
  if (reading.kind === 'invalid') return reading
  // Fewer devices may fit another family. The order stays what it was, with the smallest limits of both.
  const families = [family, ...reading.body.families.filter((each) => each !== family)]
  return { ...reading, body: { ...reading.body, family, families } }
}

/** Identifies a call of /reorder: its request and its filter. Not its devices, because a repeat finds others failed. */
export const reorderFingerprint = ({ requestId, generation }: ProfileRequest, filter: ReorderFilter): string =>
  createHash('sha256')
    .update(JSON.stringify(['reorder', requestId, generation, filter]))
    .digest('base64url')
