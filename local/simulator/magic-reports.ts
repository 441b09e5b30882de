import type { Outcome, Report, Step } from './outcomes.ts'

// The reports and outcomes that several rows of the magic table share.

export const success: Report = { kind: 'success' }
export const warning: Report = { kind: 'warning' }
export const failed: Report = { kind: 'not-executed', euiccStatus: 'FAILED', code: '1.2,4.2', text: 'Execution error' }
export const expired: Report = {
  kind: 'not-executed',
  euiccStatus: 'EXPIRED',
  code: '1.6,5.3',
  text: 'Function time to live expired: the eUICC was not reachable',
}
export const errorFields: Report = { kind: 'error-fields', code: '8.2.1,3.3', text: 'The profile is not available' }
export const afterWarning: Report = { kind: 'success-after-warning' }
export const notOfAccount = (members: 'two' | 'four'): Report => ({
  kind: 'fault',
  code: 'UnifiedWebService.INPUT_INVALID.Device.Account.Invalid',
  text: 'INPUT_INVALID. The device was not a part of the account specified.',
  members,
})

export const accepted = (...steps: Step[]): Outcome => ({ kind: 'accepted', steps })
export const usual = accepted({ at: 'first', report: success })
