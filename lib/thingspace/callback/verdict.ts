import type { Verdict } from '../../profile/request/callback.ts'
import { type Fault, noCode } from './fault.ts'

export type CallbackEvidence = {
  fault: Fault | undefined
  /** The error in another member whose name begins with `error`. */
  error: Fault | undefined
  euiccStatus: string | undefined
  /** `euiccStatusCode`. */
  euiccCode: string | undefined
  /** Whether there is an `euiccErrorCode` or `euiccErrorDesc`. They may come without a status. */
  hasEuiccError: boolean
  addressUpdateStatus: string | undefined
  status: string | undefined
  /** The `status` of every part of the message. */
  statuses: readonly string[]
  /**
   * True if the carrier's answer says that the action was done, e.g. `deactivated`. False if it says that it was not.
   */
  carrierSays: boolean | undefined
}

export type CallbackVerdict = { verdict: Verdict; note?: string }

/** The only code that any documented success carries ("EUICC device profile has been updated"). */
const successCode = '1.2.365'

/**
 * Decides the verdict of a message about its device, without knowing the action. A fault decides first, then
 * `euiccStatus`, an error, `status`, and the carrier's answer. Returns `undefined` if nothing decides. A success needs
 * evidence for it and none against it, because `status` is "Success" for warnings too.
 * lib/profile/status/weigh-result.ts decides what a fault means for the action.
 */
export function verdictOf(evidence: CallbackEvidence): CallbackVerdict | undefined {
  const { fault, euiccStatus, hasEuiccError, status } = evidence
  if (fault !== undefined) return decideFault(fault)
  const overall = overallVerdict(status)
  if (euiccStatus !== undefined) {
    const verdict = euiccVerdict(euiccStatus)
    // An undocumented euiccStatus never counts as success. With a failed status it is a failure.
    if (verdict === undefined) return overall === 'failed' ? { verdict: 'failed' } : undefined
    return verdict === 'succeeded' ? succeeded(overall, evidence) : { verdict }
  }
  if (overall === 'failed' || hasEuiccError) return { verdict: 'failed' }
  if (overall === 'succeeded' || evidence.carrierSays === true) return succeeded(overall, evidence)
  return evidence.error === undefined ? undefined : { verdict: 'failed' }
}

function decideFault({ code, message = '' }: Fault): CallbackVerdict {
  // The request waits for an approval, e.g. of credit. REQUEST_CANCELLED would end it.
  const isOnHold = /request_?onhold/i.test(code) || /^request_?onhold/i.test(message)
  return isOnHold ? { verdict: 'warning', note: 'on hold until an approval is given' } : { verdict: 'failed' }
}

/** A success, or a warning if something in the message contradicts it. A warning is not final. */
function succeeded(overall: Verdict | undefined, evidence: CallbackEvidence): CallbackVerdict {
  const { addressUpdateStatus, error, euiccCode, carrierSays, hasEuiccError, statuses } = evidence
  const against: string[] = []
  if (overall === 'failed') against.push('status says failed beside a successful euiccStatus')
  else {
    const unlike = statuses.find((status) => /fail|error|reject|cancel|pending|unknown/i.test(status))
    if (unlike !== undefined) against.push(`a status within says ${unlike.toLowerCase()}`)
  }
  if (hasEuiccError) against.push('an eUICC error came with the success')
  if (error !== undefined) against.push(`an error came with the success: ${wordsOf(error)}`)
  if (euiccCode !== undefined && euiccCode !== successCode) against.push(`code ${euiccCode} is not known as a success`)
  if (carrierSays === false) against.push('the carrier says that it was not done')
  if (against.length > 0) return { verdict: 'warning', note: against.join('; ') }
  return addressUpdateStatus !== undefined && euiccVerdict(addressUpdateStatus) !== 'succeeded'
    ? { verdict: 'succeeded', note: `the address update says ${addressUpdateStatus}` }
    : { verdict: 'succeeded' }
}

const wordsOf = ({ code, message }: Fault): string =>
  [...(code === noCode ? [] : [code]), ...(message === undefined ? [] : [message])].join(' ')

function euiccVerdict(euiccStatus: string): Verdict | undefined {
  switch (euiccStatus.toUpperCase().replaceAll(/[\s_-]/g, '')) {
    case 'EXECUTEDSUCCESS':
      return 'succeeded'
    case 'EXECUTEDWITHWARNING':
      return 'warning'
    case 'FAILED':
    case 'EXECUTEDFAILED':
    case 'NOTEXECUTED':
    case 'DELIVEREDWITHNORESPONSE':
      return 'failed'
    case 'EXPIRED':
      return 'expired'
    default:
      return undefined
  }
}

function overallVerdict(status: string | undefined): 'succeeded' | 'failed' | undefined {
  switch (status?.toLowerCase()) {
    case 'success':
      return 'succeeded'
    case 'failed':
    case 'failure':
      return 'failed'
    default:
      return undefined
  }
}
