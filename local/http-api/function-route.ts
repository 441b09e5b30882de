import { setTimeout as sleep } from 'node:timers/promises'
import type { Invoke } from '../lambda/outcome.ts'
import { eventLimitBytes } from '../lambda/payload.ts'
import { internalError, tooLarge, unavailable } from './answer.ts'
import { functionAnswer } from './function-answer.ts'
import { functionEvent } from './function-event.ts'
import type { Route } from './routes.ts'

/** The maximum integration timeout of HTTP APIs. */
const integrationTimeoutMs = 30_000

/** Serves a route with a function, within the payload and time limits of API Gateway and Lambda. */
export function functionServer(invoke: Invoke, region: string, timeoutMs = integrationTimeoutMs): Route['serve'] {
  return async (call, jwt) => {
    const event = functionEvent(call, jwt, region)
    const bytes = Buffer.byteLength(JSON.stringify(event))
    if (bytes > eventLimitBytes) {
      return { ...tooLarge, why: `the event would have ${bytes} bytes; Lambda accepts ${eventLimitBytes}` }
    }
    const waiting = new AbortController()
    const outcome = await Promise.race([
      invoke(event),
      sleep(timeoutMs, 'late' as const, { signal: waiting.signal }).catch(() => 'late' as const),
    ])
    waiting.abort()
    if (outcome === 'late') {
      return { ...unavailable, why: `the function did not answer within ${timeoutMs / 1000} seconds` }
    }
    return outcome.kind === 'returned' ? functionAnswer(outcome.value) : internalError
  }
}
