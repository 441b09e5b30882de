import type { Kind } from '../actions.ts'
import type { Line } from '../identifiers.ts'
import type { Quirk, Report } from '../outcomes.ts'
import type { ProfileRequest } from '../api/validation.ts'

/** The subject of a callback: one of a device's profiles (`LOCAL`, `LEAD`), or the device as a whole (Global IoT). */
export type Subject = { line: Line; role: 'LOCAL' | 'LEAD' | 'device'; asked: readonly Kind[] }

/** The content of a callback, before delivery. */
export type Callback = {
  requestId: string
  request: Pick<ProfileRequest, 'action' | 'family' | 'servicePlan' | 'smsrOid'>
  subject: Subject
  report: Report
  quirk: Quirk | undefined
}

/** The members that the delivery adds: the listener's credentials and the counters. */
export type DeliveryMembers = {
  username: string | undefined
  password: string | undefined
  callbackCount: number
  maxCallbackThreshold: number
}
