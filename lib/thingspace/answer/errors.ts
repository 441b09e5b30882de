import type { IncomingHttpHeaders } from 'node:http'
import type { SubmissionOutcome, UpstreamError } from '../../profile/request/outcome.ts'
import { type ErrorBody, readErrorBody } from './error-body.ts'
import { mayBlameOneDevice } from './refusal.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { parseAnswer, RequestAnswer } from './wire.ts'

export type Credential = 'access-token' | 'session'

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

/** What an answer says about the call: nothing wrong, a credential to renew, or a failure of one class. */
export type AnswerReading =
  | { kind: 'success' }
  | { kind: 'credential'; credential: Credential; error: UpstreamError }
  | { kind: 'throttled' | 'unavailable'; retryAfterSeconds?: number; error: UpstreamError }
  | { kind: 'refused'; error: UpstreamError }
  /** Whether the call had an effect cannot be told. */
  | { kind: 'server-error'; error: UpstreamError }

/** What is left to say once the credentials are known to be good. */
export type SettledReading = Exclude<AnswerReading, { kind: 'credential' }>

/** Reads status, headers and body of any call's answer. The order of the questions is the rule. */
export function readAnswer(answer: Answer, now: number): AnswerReading {
  const { status } = answer
  const succeeded = isSuccess(status)
  // A success is asked about the session too, but never one that names a request: that is under way.
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
  // 900906 is a wrong resource path, which no new token mends.
  if (fault === '900906') return { kind: 'refused', error }
  if (status === 401 || fault.startsWith('9009')) {
    return { kind: 'credential', credential: refusedCredential(body), error }
  }
  // 408 is a time-out somewhere behind ThingSpace's front end: the outcome is unknown.
  if (status >= 400 && status < 500 && status !== 408) {
    // A page of a front end says that the call went no further, and nothing about the order.
    return body.origin === 'unknown' ? { kind: 'unavailable', ...retryAfter, error } : { kind: 'refused', error }
  }
  return { kind: 'server-error', error }
}

/**
 * Whether a 503 says that the call was not taken. A status alone does not: gateways of this make answer 503 for a
 * connection that was closed after the call was sent. Their faults 9009xx are given before it is sent on; and a
 * Retry-After is an answer of the front end, unless the words speak of what is behind it.
 */
function isTurnedAway({ origin, code = '', message = '' }: ErrorBody, wait: number | undefined): boolean {
  if (origin === 'gateway') return code.startsWith('9009')
  return (
    origin === 'unknown' && wait !== undefined && !/upstream|time.?out|timed out|closed|reset|back.?end/i.test(message)
  )
}

/**
 * The outcome of a submission that was answered. Only a readable request id proves acceptance: a success without one is
 * `unknown`, and is never repeated without thinking.
 */
export function submissionOutcome(answer: Answer, reading: SettledReading): SubmissionOutcome {
  switch (reading.kind) {
    case 'success': {
      const upstreamRequestId = acceptedRequestId(answer)
      if (upstreamRequestId !== undefined) return { kind: 'accepted', upstreamRequestId }
      // Words of theirs are kept; what anybody else wrote under a success says nothing.
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
 * The service name varies and the status is 400 or 401: the segment alone marks an expired or invalid session. Where the
 * code is three digits (or the one for everything unknown) the words have to do: a session that is renewed in vain costs
 * one login, an order that is rejected for it is lost.
 */
function isAboutSession(status: number, { origin, code = '', message = '' }: ErrorBody): boolean {
  if (origin !== 'api') return false
  if (`.${code}.`.includes('.SessionToken.')) return true
  const isVague = /^\d{0,3}$|UnexpectedError$/.test(code) && [400, 401, 403].includes(status)
  return (
    isVague && /session|vz-m2m/i.test(message) && /expired|invalid|not valid|timed? ?out|ended|missing/i.test(message)
  )
}

/** A 401 with a worded code of their API (not a mere "401") has passed the gateway, so its bearer was good. */
const refusedCredential = (body: ErrorBody): Credential =>
  body.origin === 'api' && !/^\d*$/.test(body.code ?? '') ? 'session' : 'access-token'

const errorOf = (status: number, { code, message }: ErrorBody): UpstreamError => ({
  status,
  ...(code === undefined ? {} : { code }),
  ...(message === undefined ? {} : { message }),
})
