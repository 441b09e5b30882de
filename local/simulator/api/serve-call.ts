import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { type Answer, textAnswer } from './answers.ts'
import { answerCall, type ApiParts } from './api.ts'
import { type BadDay, type BadDays, outageAnswer, plainExpiredSession, proxyPage } from '../bad-days.ts'
import { readBody, writeAnswer } from './incoming.ts'
import { parseJson } from '../../parse-json.ts'
import { type Call, readCall } from './routes.ts'
import type { Timers } from '../timers.ts'

type ServedParts = ApiParts & { badDays: BadDays; timers: Timers }

const WithAccount = z.looseObject({ accountName: z.string() })

/** Serves one HTTP call of the simulated ThingSpace, and applies the simulated fault that affects it, if any. */
export const serveCall = async (
  request: IncomingMessage,
  response: ServerResponse,
  parts: ServedParts,
): Promise<void> => {
  const call = readCall(request.method ?? '', request.url ?? '')
  if (parts.badDays.take('headers', call, () => undefined) !== undefined) {
    request.socket.destroy()
    return
  }
  const body = await readBody(request)
  if (body === undefined) {
    request.socket.destroy()
    return
  }
  const work = () => answerCall(call, { headers: request.headers, body }, parts)
  const badDay = parts.badDays.take('body', call, () => accountOf(call, body))
  if (badDay === undefined) return writeAnswer(response, await work())
  const answer = await onBadDay(badDay, work, parts)
  if (answer === 'reset') request.socket.destroy()
  // Without a response, the caller waits until its own timeout.
  else if (answer !== 'silence') writeAnswer(response, answer)
}

/** Changes the body of a successful response. Other responses stay as they are. */
const rewritten = (answer: Answer, change: (body: string) => string): Answer =>
  answer.status === 200 ? { ...answer, body: change(answer.body) } : answer

const accountOf = (call: Call, body: string): string | undefined => {
  if ('accountName' in call) return call.accountName
  const parsed = WithAccount.safeParse(parseJson(body))
  return parsed.success ? parsed.data.accountName : undefined
}

const onBadDay = async (
  day: BadDay,
  work: () => Promise<Answer>,
  parts: ServedParts,
): Promise<Answer | 'reset' | 'silence'> => {
  const { badDays, timers, sessions, oauth } = parts

  /** Runs the call and replaces a successful response. An error response is returned, and does not count as affected. */
  const insteadOfSuccess = async <Replacement>(replacement: Replacement): Promise<Answer | Replacement> => {
    const answer = await work()
    if (answer.status === 200) return replacement
    badDays.giveBack(day)
    return answer
  }

  switch (day.kind) {
    case '500':
    case 'login-500':
      return outageAnswer(500, 0)
    case '503':
      return outageAnswer(503, day.retryAfterSeconds)
    case '429':
      return outageAnswer(429, day.retryAfterSeconds)
    case '503-accepted':
      return insteadOfSuccess(outageAnswer(503, 0))
    case 'proxy-page':
      return proxyPage(day.status)
    case 'expired-session-plain': {
      sessions.endAll()
      const answer = await work()
      return answer.status === 400 ? plainExpiredSession() : answer
    }
    case '200-bom':
      return rewritten(await work(), (body) => `\uFEFF${body}`)
    case '200-pascal':
      return rewritten(await work(), (body) => body.replace('"requestId"', '"RequestId"'))
    case '500-accepted':
      return insteadOfSuccess(outageAnswer(500, 0))
    case 'reset-after-accept':
      return insteadOfSuccess('reset' as const)
    case 'no-answer':
      return day.accepted ? insteadOfSuccess('silence' as const) : 'silence'
    case '200-empty': {
      const empty = textAnswer(200, 'application/json', '')
      return day.accepted ? insteadOfSuccess(empty) : empty
    }
    case '200-html': {
      const page = textAnswer(200, 'text/html', '<html><body><h1>Maintenance</h1></body></html>')
      return day.accepted ? insteadOfSuccess(page) : page
    }
    case 'slow': {
      // The request is accepted immediately and answered late, so its callback may arrive first.
      const answer = await work()
      await timers.wait(day.delayMs)
      return answer
    }
    case 'expired-session':
      sessions.endAll()
      return work()
    case 'expired-token':
      oauth.expire('replaceable')
      return work()
    case 'stuck-token':
      oauth.expire('stuck')
      return work()
    case 'refuse-connections':
    case 'reset-before-body':
      // Both take effect before the body is read.
      return 'reset'
  }
}
