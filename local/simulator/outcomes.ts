import type { ErrorCode } from './api/errors.ts'

/** What one callback says of its device. */
export type Report =
  | { kind: 'success' }
  | { kind: 'success-after-warning' }
  | { kind: 'warning' }
  | { kind: 'not-executed'; euiccStatus: 'FAILED' | 'EXPIRED'; code: string; text: string }
  | { kind: 'error-fields'; code: string; text: string }
  | { kind: 'fault'; code: string; text: string; members: 'two' | 'four' }
  /** The fault of a device that is already what it should become; its text depends on the action. */
  | { kind: 'already-done' }

/** What is odd about a callback beside what it says. */
export type Quirk =
  | 'other-identifiers'
  | 'pascal-case'
  | 'missing-brace'
  | 'numbers-as-strings'
  /** About another profile of the card. */
  | 'other-profile'
  /** The same identifiers in other spellings: a padded ICCID, an IMEISV, an MDN with the country's prefix. */
  | 'other-spellings'
  /** Names the device by kinds that the request did not use. */
  | 'unasked-kinds'
  /** `activateResponse` and the like, without `status`. */
  | 'carrier-shape'

/** One callback of an outcome. */
export type Step = {
  /** `before-answer`: the answer to the POST is held back until this callback was delivered. */
  at: 'before-answer' | 'first' | 'final' | 'late'
  report: Report
  quirk?: Quirk
  /** The callback names a request id that was never given to anybody. */
  strangeRequestId?: true
  /** Never sent; what it would have said still settles the request status. */
  lost?: true
}

export type Outcome =
  { kind: 'accepted'; steps: readonly Step[]; statusAhead?: true } | { kind: 'refused'; code: ErrorCode }

/** One row of the magic table: the last four digits of a device's id, and what then happens to it. */
export type MagicRow = { suffix: string; name: string; summary: string; outcome: Outcome }
