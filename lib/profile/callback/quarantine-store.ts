import type { Page, PageCall } from '../ports.ts'

/** A callback that was not recorded. `raw` is its redacted text, `receivedAt` is in epoch milliseconds. */
export type Quarantined = { accountName: string; receivedAt: number; reason: string; raw: string }

/** A message in quarantine. `count` is the number of equal messages, `lastReceivedAt` the time of the last one. */
export type QuarantinedMessage = Quarantined & { id: string; count: number; lastReceivedAt: number }

/** An operator's decision that a message in quarantine needs no further action. */
type Dismissal = { by: string; why: string; at: number }

/** The record of a dismissed message, without its text. */
type Dismissed = Omit<QuarantinedMessage, 'raw'> & Dismissal

export type QuarantineStore = {
  /** Stores a message. Equal messages of one day share an item with a count. Repeating a call changes nothing. */
  quarantine(message: Quarantined): Promise<void>
  /** Counts a message, per minute, without storing its text. */
  countUnkept(message: Omit<Quarantined, 'raw'>): Promise<void>
}

/** The operators' access to quarantine. */
export type QuarantineReview = {
  /** Lists messages page by page, in no particular order. */
  listQuarantine(page: PageCall): Promise<Page<QuarantinedMessage>>
  removeQuarantined(id: string): Promise<void>
  /** Removes a message and records who decided it and why. Returns false if it is no longer in quarantine. */
  dismissQuarantined(message: QuarantinedMessage, dismissal: Dismissal): Promise<boolean>
  listDismissed(page: PageCall): Promise<Page<Dismissed>>
}
