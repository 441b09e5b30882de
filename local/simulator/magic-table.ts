import {
  accepted,
  afterWarning,
  errorFields,
  expired,
  failed,
  notOfAccount,
  success,
  usual,
  warning,
} from './magic-reports.ts'
import type { MagicRow } from './outcomes.ts'

/**
 * The magic table: the last four digits of an identifier, and the outcome they select. A test compares it with README.md.
 * No identifier in Verizon's documented examples ends with one of these suffixes.
 */
export const magicTable: readonly MagicRow[] = [
  { suffix: '9001', name: 'success', summary: 'success, as for every unlisted device', outcome: usual },
  {
    suffix: '9002',
    name: 'warning-then-success',
    summary: 'EXECUTED_WITHWARNING, later success',
    outcome: accepted({ at: 'first', report: warning }, { at: 'final', report: afterWarning }),
  },
  {
    suffix: '9003',
    name: 'warning-then-silence',
    summary: 'EXECUTED_WITHWARNING, then no more callbacks',
    outcome: accepted({ at: 'first', report: warning }),
  },
  {
    suffix: '9004',
    name: 'warning-then-failure',
    summary: 'EXECUTED_WITHWARNING, later euiccStatus FAILED',
    outcome: accepted({ at: 'first', report: warning }, { at: 'final', report: failed }),
  },
  {
    suffix: '9005',
    name: 'failed',
    summary: 'euiccStatus FAILED with the code pair 1.2,4.2',
    outcome: accepted({ at: 'first', report: failed }),
  },
  {
    suffix: '9006',
    name: 'failed-error-fields',
    summary: 'euiccErrorCode and euiccErrorDesc in place of the status members',
    outcome: accepted({ at: 'first', report: errorFields }),
  },
  {
    suffix: '9007',
    name: 'expired',
    summary: 'euiccStatus EXPIRED with the code pair 1.6,5.3',
    outcome: accepted({ at: 'first', report: expired }),
  },
  {
    suffix: '9008',
    name: 'fault',
    summary: 'faultResponse INPUT_INVALID.Device.Account.Invalid',
    outcome: accepted({ at: 'first', report: notOfAccount('two') }),
  },
  {
    suffix: '9009',
    name: 'fault-four-members',
    summary: 'the same fault with faultactor and detail, and deviceResponse null',
    outcome: accepted({ at: 'first', report: notOfAccount('four') }),
  },
  {
    suffix: '9010',
    name: 'already-done',
    summary: 'fault REQUEST_FAILED.DeviceAlreadyActive, or "Profile is already suspended" / "resumed"',
    outcome: accepted({ at: 'first', report: { kind: 'already-done' } }),
  },
  {
    suffix: '9011',
    name: 'duplicate',
    summary: 'the same success three times',
    outcome: accepted(
      { at: 'first', report: success },
      { at: 'first', report: success },
      { at: 'first', report: success },
    ),
  },
  {
    suffix: '9012',
    name: 'reordered',
    summary: 'the final success first, its warning after it',
    outcome: accepted({ at: 'first', report: afterWarning }, { at: 'final', report: warning }),
  },
  {
    suffix: '9013',
    name: 'other-identifiers',
    summary: 'success naming IMEI and EID outside, and more ids with another ICCID inside',
    outcome: accepted({ at: 'first', report: success, quirk: 'other-identifiers' }),
  },
  {
    suffix: '9014',
    name: 'pascal-case',
    summary: 'success in the Pascal-cased shape, whatever the action',
    outcome: accepted({ at: 'first', report: success, quirk: 'pascal-case' }),
  },
  {
    suffix: '9015',
    name: 'missing-brace',
    summary: 'success without the opening brace of its JSON',
    outcome: accepted({ at: 'first', report: success, quirk: 'missing-brace' }),
  },
  {
    suffix: '9016',
    name: 'lost',
    summary: 'executed, but the callback is never sent',
    outcome: accepted({ at: 'first', report: success, lost: true }),
  },
  {
    suffix: '9017',
    name: 'orphan',
    summary: 'success, and the same again under an unknown requestId',
    outcome: accepted({ at: 'first', report: success }, { at: 'first', report: success, strangeRequestId: true }),
  },
  {
    suffix: '9018',
    name: 'two-finals',
    summary: 'success, later euiccStatus FAILED',
    outcome: accepted({ at: 'first', report: success }, { at: 'final', report: failed }),
  },
  {
    suffix: '9019',
    name: 'callback-before-answer',
    summary: 'success, delivered before the POST is answered',
    outcome: accepted({ at: 'before-answer', report: success }),
  },
  {
    suffix: '9020',
    name: 'final-under-other-request-id',
    summary: 'EXECUTED_WITHWARNING, later success under another requestId',
    outcome: accepted({ at: 'first', report: warning }, { at: 'final', report: afterWarning, strangeRequestId: true }),
  },
  {
    suffix: '9021',
    name: 'numbers-as-strings',
    summary: 'success with callbackCount and maxCallbackThreshold as strings',
    outcome: accepted({ at: 'first', report: success, quirk: 'numbers-as-strings' }),
  },
  {
    suffix: '9022',
    name: 'refused-identifier',
    summary: 'the whole POST is refused: 400 INPUT_INVALID.Device.Identifier.Invalid',
    outcome: { kind: 'refused', code: 'INPUT_INVALID.Device.Identifier.Invalid' },
  },
  {
    suffix: '9023',
    name: 'refused-not-found',
    summary: 'the whole POST is refused: 400 REQUEST_FAILED.DeviceNotFound',
    outcome: { kind: 'refused', code: 'REQUEST_FAILED.DeviceNotFound' },
  },
  {
    suffix: '9024',
    name: 'late-success',
    summary: 'nothing for a long time (`SIMULATOR_LATE_DELAY_MS`), then success',
    outcome: accepted({ at: 'late', report: success }),
  },
  {
    suffix: '9025',
    name: 'status-ahead',
    summary: 'request status Success at once, its sub-requests Pending; later euiccStatus FAILED',
    outcome: { kind: 'accepted', steps: [{ at: 'final', report: failed }], statusAhead: true },
  },
  {
    suffix: '9026',
    name: 'other-profile-first',
    summary: 'success of another profile of the card, later euiccStatus FAILED of the ordered one',
    outcome: accepted({ at: 'first', report: success, quirk: 'other-profile' }, { at: 'final', report: failed }),
  },
  {
    suffix: '9027',
    name: 'other-spellings',
    summary: 'success with a padded ICCID, an IMEISV, an MDN with +1',
    outcome: accepted({ at: 'first', report: success, quirk: 'other-spellings' }),
  },
  {
    suffix: '9028',
    name: 'unasked-kinds',
    summary: 'success that names only kinds of identifiers that the request did not use',
    outcome: accepted({ at: 'first', report: success, quirk: 'unasked-kinds' }),
  },
  {
    suffix: '9029',
    name: 'carrier-shape',
    summary: 'success as activateResponse, deactivateResponse, restoreResponse and the like, without status',
    outcome: accepted({ at: 'first', report: success, quirk: 'carrier-shape' }),
  },
]
