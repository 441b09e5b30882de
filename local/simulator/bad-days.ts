import * as z from 'zod'
import { actionNames } from './actions.ts'
import { type Answer, jsonAnswer, textAnswer } from './api/answers.ts'
import { refusal } from './api/errors.ts'
import type { Call } from './api/routes.ts'

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

/** What can go wrong, to what, and how often. */
export const BadDay = z
  .strictObject({
    kind: z.enum(badDayKinds),
    /** How many calls it hits before it is over; without it, until it is switched off. */
    count: z.int().min(1).optional(),
    /** Over after this time. The only limit that works for refused connections, which nobody can count. */
    forMs: z.int().min(1).optional(),
    accountName: z.string().optional(),
    action: z.enum(actionNames).optional(),
    /** `everything`: token, session, listener and status calls as well. */
    calls: z.enum(['actions', 'everything']).default('actions'),
    /** slow: how long the answer takes. */
    delayMs: z.int().min(0).default(1_000),
    /** 429 and 503: seconds in Retry-After; 0 leaves the header out. */
    retryAfterSeconds: z.int().min(0).default(2),
    /** proxy-page: the status of the page. */
    status: z.int().min(300).max(599).default(403),
    /** no-answer, 200-empty, 200-html: whether the request runs all the same. */
    accepted: z.boolean().default(true),
  })
  .refine((day) => day.kind !== 'refuse-connections' || day.count === undefined, {
    message: 'refused connections cannot be counted: use forMs',
    path: ['count'],
  })
  .refine((day) => day.kind !== 'reset-before-body' || day.accountName === undefined, {
    message: 'a reset before the body comes before the account name is known',
    path: ['accountName'],
  })
export type BadDay = z.infer<typeof BadDay>
/** How a bad day is ordered: only the kind is needed. */
export type BadDayOrder = z.input<typeof BadDay>

type Running = { day: BadDay; left: number }

const countedDown = (day: BadDay, left: number): BadDay => (day.count === undefined ? day : { ...day, count: left })

/** The bad days that are switched on. */
export const createBadDays = () => {
  let running: Running[] = []

  const hits = ({ day, left }: Running, call: Call, accountName: () => string | undefined): boolean => {
    if (left <= 0 || day.kind === 'refuse-connections') return false
    if (day.kind === 'login-500') return call.kind === 'login'
    if (day.accountName !== undefined && day.accountName !== accountName()) return false
    if (call.kind === 'action') return day.action === undefined || day.action === call.action
    return day.calls === 'everything' && day.action === undefined
  }

  return {
    set: (days: readonly BadDay[]): void => {
      running = days.map((day) => ({ day, left: day.count ?? Number.POSITIVE_INFINITY }))
    },
    end: (day: BadDay): void => {
      running = running.filter((each) => each.day !== day)
    },

    /** The bad day that hits this call, used up by one. */
    take: (when: 'headers' | 'body', call: Call, accountName: () => string | undefined): BadDay | undefined => {
      const isEarly = (each: Running) => each.day.kind === 'reset-before-body'
      const found = running.find((each) => isEarly(each) === (when === 'headers') && hits(each, call, accountName))
      if (found === undefined) return undefined
      found.left -= 1
      return found.day
    },

    /** Takes back a hit that had no effect, because the call was refused before it could. */
    giveBack: (day: BadDay): void => {
      const found = running.find((each) => each.day === day)
      if (found !== undefined) found.left += 1
    },

    /** Those still switched on, each `count` being the calls that are left. */
    list: (): BadDay[] => running.filter(({ left }) => left > 0).map(({ day, left }) => countedDown(day, left)),
  }
}

export type BadDays = ReturnType<typeof createBadDays>

/** What a load balancer in front of ThingSpace answers without asking it. */
export const proxyPage = (status: number): Answer =>
  textAnswer(status, 'text/html', `<html><head><title>${status}</title></head><body>Request blocked.</body></html>`)

/** An expired session without a code of the API: the three digits of the status, and words. */
export const plainExpiredSession = (): Answer =>
  jsonAnswer(400, { errorCode: '400', errorMessage: 'The Session has expired.' })

/** What the front of ThingSpace answers on days when it does not get further. */
export const outageAnswer = (status: 429 | 500 | 503, retryAfterSeconds: number): Answer => {
  const retryAfter: Record<string, string> = retryAfterSeconds > 0 ? { 'retry-after': `${retryAfterSeconds}` } : {}
  switch (status) {
    case 429: {
      // Verizon documents the status and no body.
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
