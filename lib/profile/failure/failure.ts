import * as z from 'zod/mini'
import { ActionName } from '../order/action-names.ts'
import { Identifier } from '../order/identifiers.ts'
import { Instant } from '../request/stored-values.ts'

/** The device statuses that count as failures. A cancelled device does not, because somebody wanted it. */
export const FailedStatus = z.enum(['failed', 'expired'])
export type FailedStatus = z.infer<typeof FailedStatus>

/** A device that failed or expired. It repeats what a list shows, so that lists read nothing else. */
export const Failure = z.object({
  requestId: z.string(),
  generation: z.string(),
  /** The position of the device in the request. */
  position: z.int().check(z.nonnegative()),
  accountName: z.string(),
  action: ActionName,
  device: z.array(Identifier),
  status: FailedStatus,
  /** ThingSpace's code. Absent if no message named one, as for a device without any result. */
  code: z.optional(z.string()),
  message: z.optional(z.string()),
  /** When the summary first showed this status, in epoch milliseconds. */
  at: Instant,
  /** The version of the request that showed it. Older versions never replace newer ones. */
  version: z.int().check(z.nonnegative()),
})
export type Failure = z.infer<typeof Failure>

/** The failure of one device and its place, which are the same for as long as the request is kept. */
export type FailureName = Pick<Failure, 'requestId' | 'generation' | 'position'> & {
  /** Number of devices of the request. The failures of a large one are spread over several partitions. */
  deviceCount: number
}

/** What the index of failures says of one of them. */
export type FailureEntry = Pick<Failure, 'requestId' | 'position' | 'action' | 'status' | 'code'> & {
  /** The date, the request and the position as one text. Entries sort by it, and lists continue below it. */
  place: string
  key: { pk: string; sk: string }
}

/** A part of one day (UTC) in places: at or after `after`, and before `before`. */
type DayRange = { after: string; before: string }

/** Devices that failed or expired, by account and day. */
export type FailureStore = {
  /**
   * Stores a failure, or replaces an older one of the device. Writes nothing if a newer version is stored. The item
   * expires with a request whose retention starts at `keptFrom`, in epoch milliseconds.
   */
  saveFailure(failure: Failure, place: { deviceCount: number; keptFrom: number }): Promise<void>
  /** Takes a device out of the lists, because at `version` it is not failed or expired any more. */
  clearFailure(name: FailureName, change: { version: number; keptFrom: number }): Promise<void>
  /** Lists failures of a day, newest first. `isWhole`: there are no more in the range. */
  listFailureEntries(
    accountName: string,
    day: string,
    range: DayRange & { limit: number },
  ): Promise<{ rows: FailureEntry[]; isWhole: boolean }>
  /** Reads all failures of a day, page by page. Returns false if the day has more pages than `mostPages`. */
  visitFailureEntries(
    accountName: string,
    day: string,
    call: DayRange & { mostPages: number; visit: (entry: FailureEntry) => void },
  ): Promise<{ isWhole: boolean; pages: number }>
  /** Reads the failures of these entries, in their order. Omits those that have changed or expired since. */
  getFailures(entries: readonly FailureEntry[]): Promise<Failure[]>
}
