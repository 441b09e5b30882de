import type { Report } from '../outcomes.ts'

type EuiccReport = { euiccStatus: string; euiccStatusCode: string; euiccStatusDesc: string }

/** The three members that report the result on the eUICC. */
export const euiccReport = (report: Report): EuiccReport => {
  switch (report.kind) {
    case 'warning':
      return {
        euiccStatus: 'EXECUTED_WITHWARNING',
        euiccStatusCode: '8.2.1,3.9',
        euiccStatusDesc:
          'The use case was expired at notification receiving step. The server did not receive eUICC notification.',
      }
    case 'not-executed':
      return { euiccStatus: report.euiccStatus, euiccStatusCode: report.code, euiccStatusDesc: report.text }
    case 'error-fields':
      return { euiccStatus: 'FAILED', euiccStatusCode: report.code, euiccStatusDesc: report.text }
    case 'success':
    case 'success-after-warning':
    case 'fault':
    case 'already-done':
      return {
        euiccStatus: 'EXECUTED_SUCCESS',
        euiccStatusCode: '1.2.365',
        euiccStatusDesc: 'EUICC device profile has been updated',
      }
  }
}
