import type { ActionName, Family } from '../order/action-names.ts'
import type { DeviceShape } from '../order/device-shape.ts'
import type { Device } from '../order/identifiers.ts'
import type { SubmissionOutcome } from '../request/outcome.ts'

export type SubmitCall = {
  accountName: string
  action: ActionName
  family: Family
  /** The body's members beside `accountName` and `devices`, as the app sent them. */
  fields: Readonly<Record<string, unknown>>
  devices: readonly Device[]
  /** How the body wrote its devices, if not as `deviceIds`. */
  deviceShape?: DeviceShape | undefined
  /** How long the whole call may take, credentials included. */
  budgetMilliseconds: number
}

export type ThingSpace = {
  /** One attempt: at most one accepted POST. Never throws for what may happen on the wire; that is the outcome. */
  submit(call: SubmitCall): Promise<SubmissionOutcome>
}
