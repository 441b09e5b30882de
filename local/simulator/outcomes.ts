import type { ErrorCode } from './api/errors.ts'

/** The result that a callback reports for its device. */
export type Report =
  | { kind: 'success' }
  | { kind: 'success-after-warning' }
  | { kind: 'warning' }
  | { kind: 'not-executed'; euiccStatus: 'FAILED' | 'EXPIRED'; code: string; text: string }
  | { kind: 'error-fields'; code: string; text: string }
  | { kind: 'fault'; code: string; text: string; members: 'two' | 'four' }
  /** The fault for a device that already has the requested state. Its text depends on the action. */
  | { kind: 'already-done' }

/** An irregular form of a callback, independent of its result. */
export type Quirk =
  | 'other-identifiers'
  | 'pascal-case'
  | 'missing-brace'
  | 'numbers-as-strings'
  /** About another profile of the card. */
  | 'other-profile'
  /** The same identifiers in other spellings: a padded ICCID, an IMEISV, an MDN with the country prefix. */
  | 'other-spellings'
  /** Names the device by kinds that the request did not use. */
  | 'unasked-kinds'
  /** `activateResponse` and the like, without `status`. */
  | 'carrier-shape'

/** One callback of an outcome. */
export type Step = {
  /** `before-answer`: the response to the POST waits until this callback has been delivered. */
  at: 'before-answer' | 'first' | 'final' | 'late'
  report: Report
  quirk?: Quirk
  /** The callback has a request id that the simulator gave to no caller. */
  strangeRequestId?: true
  /** The callback is never sent. Its result still decides the request status. */
  lost?: true
}

export type Outcome =
  { kind: 'accepted'; steps: readonly Step[]; statusAhead?: true } | { kind: 'refused'; code: ErrorCode }

/** One row of the magic table: the last four digits of a device's identifier, and its outcome. */
export type MagicRow = { suffix: string; name: string; summary: string; outcome: Outcome }
