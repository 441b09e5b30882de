import { setTimeout as sleep } from 'node:timers/promises'
import type { Invoke } from '../lambda/outcome.ts'
import { eventLimitBytes } from '../lambda/payload.ts'
import { internalError, tooLarge, unavailable } from './answer.ts'
import { functionAnswer } from './function-answer.ts'
import { functionEvent } from './function-event.ts'
import type { Route } from './routes.ts'

/** HTTP APIs wait no longer for an integration. */
export const integrationTimeoutMs = 30_000

/** Serves a route by a function, with the limits that API Gateway and Lambda have. */
export function functionServer(invoke: Invoke, region: string, timeoutMs = integrationTimeoutMs): Route['serve'] {
  return async (call, jwt) => {
    const event = functionEvent(call, jwt, region)
    const bytes = Buffer.byteLength(JSON.stringify(event))
    if (bytes > eventLimitBytes) {
      return { ...tooLarge, why: `the event would have ${bytes} bytes, and Lambda takes ${eventLimitBytes}` }
    }
    const patience = new AbortController()
    const outcome = await Promise.race([
      invoke(event),
      sleep(timeoutMs, 'late' as const, { signal: patience.signal }).catch(() => 'late' as const),
    ])
    patience.abort()
    if (outcome === 'late') {
      return { ...unavailable, why: `the function did not answer within ${timeoutMs / 1000} seconds` }
    }
    return outcome.kind === 'returned' ? functionAnswer(outcome.value) : internalError
  }
}
