import type { Page, PageCall } from '../ports.ts'

/**
 * A callback that was not recorded. `reason` is a stable word that metrics count. `raw` is its redacted text,
 * `receivedAt` is in epoch milliseconds.
 */
export type Quarantined = { accountName: string; receivedAt: number; reason: string; raw: string }

/** A message in quarantine. `count` is the number of equal messages, received from `receivedAt` to `lastReceivedAt`. */
export type QuarantinedMessage = Quarantined & { id: string; count: number; lastReceivedAt: number }

/** An operator's decision that a message in quarantine needs no further action. */
type Dismissal = { by: string; why: string; at: number }

/** The record of a dismissed message, without its text. */
type Dismissed = Omit<QuarantinedMessage, 'raw'> & Dismissal

/** Where `recordCallback` keeps messages that it does not record: items of the table. */
export type QuarantineStore = {
  /**
   * Stores a message. Equal messages of one day share an item with a count. A message that is not later than the last
   * one is not counted, because SQS may have delivered the same message twice. `mentions` are what the message seems to
   * name (`mentionsOf`); `listMentions` finds it by each of them.
   */
  quarantine(message: Quarantined, mentions?: readonly string[]): Promise<void>
  /** Counts a message, per minute, reason and account, without storing its text. A repeated call counts again. */
  countUnkept(message: Omit<Quarantined, 'raw'>): Promise<void>
}

/** The operators' access to quarantine. */
export type QuarantineReview = {
  /** Lists messages page by page, in no particular order. */
  listQuarantine(page: PageCall): Promise<Page<QuarantinedMessage>>
  /** Reads one message. Undefined if it is not, or no longer, in quarantine. */
  getQuarantined(id: string): Promise<QuarantinedMessage | undefined>
  /** Lists at most `limit` messages that seem to name one of these, newest first. */
  listMentions(mentions: readonly string[], limit: number): Promise<QuarantinedMessage[]>
  /** Removes a message that was recorded as a result. */
  removeQuarantined(id: string): Promise<void>
  /** Removes a message and records who decided it and why. Returns false if it is no longer in quarantine. */
  dismissQuarantined(message: QuarantinedMessage, dismissal: Dismissal): Promise<boolean>
  listDismissed(page: PageCall): Promise<Page<Dismissed>>
}
