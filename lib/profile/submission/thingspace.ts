import type { ActionName, Family } from '../order/action-names.ts'
import type { DeviceShape } from '../order/device-shape.ts'
import type { Device } from '../order/identifiers.ts'
import type { SubmissionOutcome } from '../request/outcome.ts'

/** The content of one POST to ThingSpace. */
export type SubmitCall = {
  accountName: string
  action: ActionName
  family: Family
  /** The members of the body besides `accountName` and `devices`, as the app sent them. */
  fields: Readonly<Record<string, unknown>>
  devices: readonly Device[]
  /** How the app wrote the devices. `deviceIds` if absent. */
  deviceShape?: DeviceShape | undefined
  /** Sent as the header `traceparent`. */
  traceparent?: string | undefined
  /** Time limit of the whole call, credentials included. */
  budgetMilliseconds: number
}

export type ThingSpace = {
  /** Makes one attempt: ThingSpace accepts at most one POST of it. Returns network failures as an outcome. */
  submit(call: SubmitCall): Promise<SubmissionOutcome>
  /**
   * Asks for something harmless, with the credentials of the account. Returns whether ThingSpace answered the call
   * itself, even with a refusal. Never throws.
   */
  answers(call: { accountName: string; budgetMilliseconds: number }): Promise<boolean>
}
