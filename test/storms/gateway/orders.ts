import type { ActionName } from '../../../lib/profile/order/action-names.ts'
import type { Submission } from '../../../lib/profile/request/submission.ts'
import { placeOf } from '../../../lib/profile/submission/queue.ts'
import type { Subject } from '../engine/table-calls.ts'

/** An order of an app. */
export type OrderPlan = { at: number; account: number; devices: number; action: ActionName; label: string }

/** A stored request with what the storm must know about it. Times are milliseconds; undefined: not yet. */
export type Order = OrderPlan & {
  id: number
  requestId: string
  subject: Subject
  submissions: Piece[]
  answeredAt: number | undefined
  /** When ThingSpace accepted its last submission. */
  sentAt: number | undefined
  lastCallbackAt: number | undefined
  finalAt: number | undefined
  /** A summary is scheduled and has not begun. */
  isAsked: boolean
  dueAt: number | undefined
}

/** One submission: its real record, and what happened to it outside the gateway. */
export type Piece = {
  order: Order
  state: Submission
  subject: Subject
  posts: number
  acceptances: number
  acceptedAt: number | undefined
  /** Devices whose final result is in the table. */
  recorded: number
}

export const isBulk = (order: Order): boolean => order.devices > 1
export const placeOfOrder = ({ account, devices }: OrderPlan, devicesPerSubmission: number) =>
  placeOf({ accountName: String(account), deviceCount: devices, devicesPerSubmission })

/** Whether every device has a final result in the table. */
export const isRecorded = ({ submissions, devices }: Order): boolean =>
  submissions.reduce((sum, { recorded }) => sum + recorded, 0) >= devices
