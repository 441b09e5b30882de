import { setTimeout as sleep } from 'node:timers/promises'
import { payloadLimitBytes } from '../lambda/function.ts'
import type { Invoke } from '../lambda/outcome.ts'
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
    if (Buffer.byteLength(JSON.stringify(event)) > payloadLimitBytes) return tooLarge
    const patience = new AbortController()
    const outcome = await Promise.race([
      invoke(event),
      sleep(timeoutMs, 'late' as const, { signal: patience.signal }).catch(() => 'late' as const),
    ])
    patience.abort()
    if (outcome === 'late') return unavailable
    return outcome.kind === 'returned' ? functionAnswer(outcome.value) : internalError
  }
}
