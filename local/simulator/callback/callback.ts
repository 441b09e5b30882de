import type { Kind } from '../actions.ts'
import type { Line } from '../identifiers.ts'
import type { Quirk, Report } from '../outcomes.ts'
import type { ProfileRequest } from '../api/validation.ts'

/** What a callback is about: the device, one of its profiles (Global IoT), or the device as a whole. */
export type Subject = { line: Line; role: 'LOCAL' | 'LEAD' | 'device'; asked: readonly Kind[] }

/** One message before it is addressed. */
export type Callback = {
  requestId: string
  request: Pick<ProfileRequest, 'action' | 'family' | 'servicePlan' | 'smsrOid'>
  subject: Subject
  report: Report
  quirk: Quirk | undefined
}

/** What delivery adds: the registration's credentials and the counters. */
export type Postmark = {
  username: string | undefined
  password: string | undefined
  callbackCount: number
  maxCallbackThreshold: number
}
