import type { NormalisedCallback, Verdict } from '../profile/callback.ts'

export type Fault = NonNullable<NormalisedCallback['fault']>

export type Evidence = {
  fault: Fault | undefined
  euiccStatus: string | undefined
  /** `euiccErrorCode` or `euiccErrorDesc`, which come without a status. */
  hasEuiccError: boolean
  addressUpdateStatus: string | undefined
  status: string | undefined
}

export type Decision = { verdict: Verdict; note?: string }

/**
 * What a message says of its device: a fault first, then `euiccStatus`, then `status`. `undefined` when nothing decides,
 * and never success by default: of a warning the `status` says "Success" too.
 */
export function decide(evidence: Evidence): Decision | undefined {
  const { fault, euiccStatus, hasEuiccError, status } = evidence
  if (fault !== undefined) return decideFault(fault)
  const overall = overallVerdict(status)
  if (euiccStatus !== undefined) {
    const verdict = euiccVerdict(euiccStatus)
    // A euiccStatus that nobody has documented may be anything except what lets a failure pass for success.
    if (verdict === undefined) return overall === 'failed' ? { verdict: 'failed' } : undefined
    return withNote(verdict, doubtsAbout(verdict, overall, evidence))
  }
  if (hasEuiccError) return { verdict: 'failed' }
  return overall === undefined ? undefined : { verdict: overall }
}

function decideFault({ code, message = '' }: Fault): Decision {
  const words = `${code} ${message}`.toLowerCase().replaceAll(/[\s_-]/g, '')
  const state = /already(active|suspended|resumed)/.exec(words)?.[1]
  if (state !== undefined && !words.includes('notalready')) {
    return { verdict: 'succeeded', note: `the fault says that it is already ${state}` }
  }
  // Waits for an approval, e.g. of credit; REQUEST_CANCELLED ends it.
  if (words.includes('requestonhold')) return { verdict: 'warning', note: 'on hold until somebody approves it' }
  return { verdict: 'failed' }
}

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

function doubtsAbout(verdict: Verdict, overall: Verdict | undefined, evidence: Evidence): string[] {
  const doubts: string[] = []
  if (verdict === 'succeeded' && overall === 'failed') doubts.push('euiccStatus decides although status says failed')
  if (verdict === 'succeeded' && evidence.hasEuiccError) doubts.push('a euiccErrorCode came with the success')
  const { addressUpdateStatus } = evidence
  if (addressUpdateStatus !== undefined && euiccVerdict(addressUpdateStatus) !== 'succeeded') {
    doubts.push(`the address update says ${addressUpdateStatus}`)
  }
  return doubts
}

const withNote = (verdict: Verdict, notes: readonly string[]): Decision =>
  notes.length === 0 ? { verdict } : { verdict, note: notes.join('; ') }
