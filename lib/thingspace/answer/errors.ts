import type { IncomingHttpHeaders } from 'node:http'
import type { SubmissionOutcome, UpstreamError } from '../../profile/request/outcome.ts'
import { type ErrorBody, readErrorBody } from './error-body.ts'
import { mayBlameOneDevice } from './refusal.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { parseAnswer, RequestAnswer } from './wire.ts'

export type Credential = 'access-token' | 'session'

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

/** Classifies an answer: success, a credential to renew, or a kind of failure. */
export type AnswerReading =
  | { kind: 'success' }
  | { kind: 'credential'; credential: Credential; error: UpstreamError }
  | { kind: 'throttled' | 'unavailable'; retryAfterSeconds?: number; error: UpstreamError }
  | { kind: 'refused'; error: UpstreamError }
  /** ThingSpace may or may not have carried out the call. */
  | { kind: 'server-error'; error: UpstreamError }

/** The reading of an answer that does not complain about credentials. */
export type SettledReading = Exclude<AnswerReading, { kind: 'credential' }>

/** Classifies the answer to any call by status, headers and body. The order of the checks matters. */
export function readAnswer(answer: Answer, now: number): AnswerReading {
  const { status } = answer
  const succeeded = isSuccess(status)
  // ThingSpace may report an ended session with status 200. A body that names a request is a success all the same.
  const isPlain = !/session/i.test(answer.body) || acceptedRequestId(answer) !== undefined
  if (succeeded && isPlain) return { kind: 'success' }
  const body = readErrorBody(answer.body)
  if (isAboutSession(status, body)) return { kind: 'credential', credential: 'session', error: errorOf(status, body) }
  if (succeeded) return { kind: 'success' }

  const error = errorOf(status, body)
  const fault = body.origin === 'gateway' ? (body.code ?? '') : ''
  const wait = retryAfterSeconds(answer.headers['retry-after'], now)
  const retryAfter = wait === undefined ? {} : { retryAfterSeconds: wait }
  if (status === 429 || fault.startsWith('9008')) return { kind: 'throttled', ...retryAfter, error }
  if (status === 503)
    return isTurnedAway(body, wait) ? { kind: 'unavailable', ...retryAfter, error } : { kind: 'server-error', error }
  // 900906 is a wrong resource path. A new token would not help.
  if (fault === '900906') return { kind: 'refused', error }
  if (status === 401 || fault.startsWith('9009')) {
    return { kind: 'credential', credential: refusedCredential(body), error }
  }
  // 408 is a time-out behind ThingSpace's front end, so the outcome is unknown.
  if (status >= 400 && status < 500 && status !== 408) {
    // An error page of a front end means that the call did not reach the API. It does not refuse the order.
    return body.origin === 'unknown' ? { kind: 'unavailable', ...retryAfter, error } : { kind: 'refused', error }
  }
  return { kind: 'server-error', error }
}

/**
 * Whether a 503 proves that the call was not accepted. The status alone does not: WSO2 gateways also answer 503 if the
 * connection to the API closes after the call was sent. Faults 9009xx come before the call is sent on. A `Retry-After`
 * comes from the front end, unless the message speaks of a server behind it.
 */
function isTurnedAway({ origin, code = '', message = '' }: ErrorBody, wait: number | undefined): boolean {
  if (origin === 'gateway') return code.startsWith('9009')
  return (
    origin === 'unknown' && wait !== undefined && !/upstream|time.?out|timed out|closed|reset|back.?end/i.test(message)
  )
}

/**
 * Returns the outcome of an answered submission. Only a readable request id proves acceptance. A success without one is
 * `unknown`, so a non-repeatable action is not retried automatically.
 */
export function submissionOutcome(answer: Answer, reading: SettledReading): SubmissionOutcome {
  switch (reading.kind) {
    case 'success': {
      const upstreamRequestId = acceptedRequestId(answer)
      if (upstreamRequestId !== undefined) return { kind: 'accepted', upstreamRequestId }
      // Keep an error of ThingSpace. Any other body under a success status explains nothing.
      const body = readErrorBody(answer.body)
      const error = body.origin === 'unknown' ? { status: answer.status } : errorOf(answer.status, body)
      return { kind: 'unknown', cause: 'unreadable-answer', error }
    }
    case 'throttled':
    case 'unavailable': {
      const { kind: cause, ...rest } = reading
      return { kind: 'not-accepted', cause, ...rest }
    }
    case 'refused':
      return mayBlameOneDevice(reading.error) ? { ...reading, mayBlameOneDevice: true } : reading
    case 'server-error':
      return { kind: 'unknown', cause: 'server-error', error: reading.error }
  }
}

function acceptedRequestId(answer: Answer): string | undefined {
  const accepted = isSuccess(answer.status) ? RequestAnswer.safeParse(parseAnswer(answer.body)) : undefined
  return accepted?.data?.requestId
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300

/**
 * Whether an error is about the session. The service name and the status (400 or 401) vary, so the segment
 * `SessionToken` of the code decides. If the code is vague, the words of the message decide: an unnecessary renewal
 * costs one login, but rejecting the order would lose it.
 */
function isAboutSession(status: number, { origin, code = '', message = '' }: ErrorBody): boolean {
  if (origin !== 'api') return false
  if (`.${code}.`.includes('.SessionToken.')) return true
  const isVague = /^\d{0,3}$|UnexpectedError$/.test(code) && [400, 401, 403].includes(status)
  return (
    isVague && /session|vz-m2m/i.test(message) && /expired|invalid|not valid|timed? ?out|ended|missing/i.test(message)
  )
}

/** A 401 with a worded code of the API (not just "401") has passed the gateway, so its bearer token was valid. */
const refusedCredential = (body: ErrorBody): Credential =>
  body.origin === 'api' && !/^\d*$/.test(body.code ?? '') ? 'session' : 'access-token'

const errorOf = (status: number, { code, message }: ErrorBody): UpstreamError => ({
  status,
  ...(code === undefined ? {} : { code }),
  ...(message === undefined ? {} : { message }),
})
