import type { Page, PageCall } from '../ports.ts'

export type Quarantined = { accountName: string; receivedAt: number; reason: string; raw: string }

/** A message in quarantine. `count` is how many equal ones came, `lastReceivedAt` when the last of them did. */
export type QuarantinedMessage = Quarantined & { id: string; count: number; lastReceivedAt: number }

/** An operator's decision that a message in quarantine needs nothing more. */
export type Dismissal = { by: string; why: string; at: number }

/** What is left of a dismissed message: everything but its text. */
export type Dismissed = Omit<QuarantinedMessage, 'raw'> & Dismissal

export type QuarantineStore = {
  /** Keeps a message that was not recorded. Equal messages of one day are one item with a count; repeating one changes nothing. */
  quarantine(message: Quarantined): Promise<void>
  /** Counts a message whose text is not kept, by the minute. */
  countUnkept(message: Omit<Quarantined, 'raw'>): Promise<void>
}

/** What operators do with quarantine. */
export type QuarantineReview = {
  /** Page by page, in no order; `id` names a message. */
  listQuarantine(page: PageCall): Promise<Page<QuarantinedMessage>>
  removeQuarantined(id: string): Promise<void>
  /** Takes a message out and notes who decided it and why; `false` if it is not there (any more). */
  dismissQuarantined(message: QuarantinedMessage, dismissal: Dismissal): Promise<boolean>
  listDismissed(page: PageCall): Promise<Page<Dismissed>>
}
