import { type Device, identifierKey } from '../order/identifiers.ts'
import type { Submission } from '../request/submission.ts'
import type { DeviceView } from '../status/device-view.ts'
import { openUnknownAttempts } from '../submission/transitions/attempt-history.ts'

/** Why a device that the filter names is not ordered again. */
export type LeftReason =
  /** It is pending, succeeded or cancelled. */
  | 'not-failed'
  /** A late result may still make it a success, and the action must not run twice. */
  | 'may-still-succeed'
  /** Another order for it is open or succeeded, or is just being made. */
  | 'ordered-again'

/** A device that the filter names. `why` is absent if it is ordered again. */
export type Candidate = { view: DeviceView; submission: Submission | undefined; why: LeftReason | undefined }

/**
 * Whether ThingSpace may have run the action on a failed or expired device, or may still run it. An expired device waits
 * for a late result. One with two different results may have succeeded. An attempt of unknown outcome may have callbacks.
 */
export const mayStillSucceed = (view: DeviceView, submission: Submission): boolean =>
  view.status === 'expired' ||
  view.conflict === true ||
  openUnknownAttempts(submission, Number.POSITIVE_INFINITY).length > 0

/** Names a device by its identifiers, to find it in another order of the same devices. */
export const nameOfDevice = (device: Device): string => device.map(identifierKey).toSorted().join(' ')
