import * as z from 'zod'
import { actionNames } from './actions.ts'
import { type Answer, jsonAnswer, textAnswer } from './api/answers.ts'
import { refusal } from './api/errors.ts'
import type { Call } from './api/routes.ts'

/** The kinds of faults. local/simulator/README.md describes each of them. */
export const badDayKinds = [
  'refuse-connections',
  '503',
  '503-accepted',
  'proxy-page',
  '500',
  '500-accepted',
  'reset-before-body',
  'reset-after-accept',
  '429',
  'slow',
  'no-answer',
  '200-empty',
  '200-html',
  '200-bom',
  '200-pascal',
  'expired-session',
  'expired-session-plain',
  'expired-token',
  'stuck-token',
  'login-500',
] as const

/**
 * A simulated fault of ThingSpace ("bad day"): what goes wrong, for which calls, and how many times. Tests and
 * developers switch it on with `setBadDays` or the control API. `createBadDays` only decides which call is affected;
 * serve-call.ts plays the fault.
 */
export const BadDay = z
  .strictObject({
    kind: z.enum(badDayKinds),
    /**
     * The number of calls that it affects. Without it, the fault lasts until it is switched off or `forMs` has passed.
     * Only `expired-session`, `expired-token` and `stuck-token` then happen once, immediately.
     */
    count: z.int().min(1).optional(),
    /**
     * The duration in milliseconds. Refused connections have no other limit, because the simulator cannot count them.
     */
    forMs: z.int().min(1).optional(),
    /** Only calls that name this account. */
    accountName: z.string().optional(),
    /** Only calls of this profile action. */
    action: z.enum(actionNames).optional(),
    /** `everything`: token, session, listener and status calls as well. `login-500` affects every login regardless. */
    calls: z.enum(['actions', 'everything']).default('actions'),
    /** slow: the delay of the response in milliseconds. */
    delayMs: z.int().min(0).default(1_000),
    /** 429 and 503: the seconds in Retry-After. 0 omits the header. */
    retryAfterSeconds: z.int().min(0).default(2),
    /** proxy-page: the status of the page. */
    status: z.int().min(300).max(599).default(403),
    /** no-answer, 200-empty, 200-html: whether ThingSpace runs the request nevertheless. */
    accepted: z.boolean().default(true),
  })
  .refine((day) => day.kind !== 'refuse-connections' || day.count === undefined, {
    message: 'refused connections cannot be counted; use forMs',
    path: ['count'],
  })
  .refine((day) => day.kind !== 'reset-before-body' || day.accountName === undefined, {
    message: 'a reset before the body happens before the account name is known',
    path: ['accountName'],
  })
export type BadDay = z.infer<typeof BadDay>
/** The input that switches a fault on. Only the kind is required. */
export type BadDayOrder = z.input<typeof BadDay>

type Running = { day: BadDay; left: number }

const countedDown = (day: BadDay, left: number): BadDay => (day.count === undefined ? day : { ...day, count: left })

/** Keeps the faults that are switched on, and decides which of them affects a call. */
export const createBadDays = () => {
  let running: Running[] = []

  const hits = ({ day, left }: Running, call: Call, accountName: () => string | undefined): boolean => {
    // While connections are refused, the server is closed (simulator.ts) and no call arrives.
    if (left <= 0 || day.kind === 'refuse-connections') return false
    if (day.kind === 'login-500') return call.kind === 'login'
    if (day.accountName !== undefined && day.accountName !== accountName()) return false
    if (call.kind === 'action') return day.action === undefined || day.action === call.action
    return day.calls === 'everything' && day.action === undefined
  }

  return {
    /** Switches these faults on and all others off. */
    set: (days: readonly BadDay[]): void => {
      running = days.map((day) => ({ day, left: day.count ?? Number.POSITIVE_INFINITY }))
    },
    end: (day: BadDay): void => {
      running = running.filter((each) => each.day !== day)
    },

    /**
     * Returns the first fault that affects this call, if any, and counts the call. Ask when the `headers` have been
     * read, for `reset-before-body`, and again after the `body`, for all other faults.
     */
    take: (when: 'headers' | 'body', call: Call, accountName: () => string | undefined): BadDay | undefined => {
      const isEarly = (each: Running) => each.day.kind === 'reset-before-body'
      const found = running.find((each) => isEarly(each) === (when === 'headers') && hits(each, call, accountName))
      if (found === undefined) return undefined
      found.left -= 1
      return found.day
    },

    /** Undoes the count of a call that the simulator refused anyway, so that the fault had no effect. */
    giveBack: (day: BadDay): void => {
      const found = running.find((each) => each.day === day)
      if (found !== undefined) found.left += 1
    },

    /** The faults that are switched on. `count` is the number of calls left. */
    list: (): BadDay[] => running.filter(({ left }) => left > 0).map(({ day, left }) => countedDown(day, left)),
  }
}

export type BadDays = ReturnType<typeof createBadDays>

/** The response of a proxy in front of ThingSpace that blocks the request. */
export const proxyPage = (status: number): Answer =>
  textAnswer(status, 'text/html', `<html><head><title>${status}</title></head><body>Request blocked.</body></html>`)

/** An expired session reported without an API code: the three-digit status and a text. */
export const plainExpiredSession = (): Answer =>
  jsonAnswer(400, { errorCode: '400', errorMessage: 'The Session has expired.' })

/** The response of ThingSpace during an outage or when it throttles. A 500 has no Retry-After. */
export const outageAnswer = (status: 429 | 500 | 503, retryAfterSeconds: number): Answer => {
  const retryAfter: Record<string, string> = retryAfterSeconds > 0 ? { 'retry-after': `${retryAfterSeconds}` } : {}
  switch (status) {
    case 429: {
      // Verizon documents the status, but no body.
      const answer = textAnswer(429, 'text/plain', 'Too Many Requests')
      return { ...answer, headers: { ...answer.headers, ...retryAfter } }
    }
    case 500:
      return { ...refusal('REQUEST_FAILED.UnexpectedError'), status: 500 }
    case 503: {
      const answer = textAnswer(503, 'text/html', '<html><body><h1>503 Service Unavailable</h1></body></html>')
      return { ...answer, headers: { ...answer.headers, ...retryAfter } }
    }
  }
}
