import { randomUUID } from 'node:crypto'
import type { FunctionDefinition } from '../deployment/deployment.ts'
import { lambdaContext, type Place } from './context.ts'
import type { FunctionLogs } from './function-logs.ts'
import { runInvocation } from './invocation.ts'
import type { Handler } from './load-handler.ts'
import type { Invoke, Outcome } from './outcome.ts'
import { answerLimitBytes, eventLimitBytes } from './payload.ts'

type Options = {
  definition: FunctionDefinition
  handler: Handler
  place: Place
  logs: FunctionLogs
  /** Called with the reason when an invocation fails. */
  onFailure: (name: string, reason: string) => void
}

/**
 * Invokes a handler as Lambda does: with a copy of the event, a timeout, and a result that went through JSON.
 *
 * All functions share this process, so a handler that exceeds its timeout cannot be terminated. Its HTTP calls are
 * aborted instead.
 */
export function lambdaFunction({ definition, handler, place, logs, onFailure }: Options): Invoke {
  const { name, timeout } = definition
  return async (event) => {
    const deadline = Date.now() + timeout * 1000
    const context = lambdaContext({ definition, place, requestId: randomUUID(), deadline })
    const outcome = await withTimeout(timeout, () => logs.run(async () => attempt(handler, event, context)))
    if (outcome.kind === 'failed') {
      logs.note(
        JSON.stringify({ level: 'ERROR', function: name, requestId: context.awsRequestId, reason: outcome.reason }),
      )
      onFailure(name, outcome.reason.split('\n', 1)[0] ?? '')
    }
    return outcome
  }
}

async function attempt(handler: Handler, event: unknown, context: unknown): Promise<Outcome> {
  try {
    const text = JSON.stringify(event)
    const bytes = Buffer.byteLength(text)
    if (bytes > eventLimitBytes) return { kind: 'failed', reason: tooLarge('the event', bytes, eventLimitBytes) }
    return asJson(await handler(JSON.parse(text), context))
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

function asJson(value: unknown): Outcome {
  const text = JSON.stringify(value) ?? 'null'
  const bytes = Buffer.byteLength(text)
  if (bytes > answerLimitBytes) {
    return {
      kind: 'failed',
      reason: `Function.ResponseSizeTooLarge: ${tooLarge('the result', bytes, answerLimitBytes)}`,
    }
  }
  const parsed: unknown = JSON.parse(text)
  return { kind: 'returned', value: parsed }
}

const tooLarge = (what: string, bytes: number, limit: number): string =>
  `${what} has ${bytes} bytes; Lambda allows ${limit}`

async function withTimeout(seconds: number, task: () => Promise<Outcome>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const running = runInvocation(task)
  const late = new Promise<Outcome>((resolve) => {
    const reason = `Sandbox.Timedout: Task timed out after ${seconds.toFixed(2)} seconds`
    timer = setTimeout(() => {
      running.cutOff()
      resolve({ kind: 'failed', reason })
    }, seconds * 1000)
  })
  try {
    return await Promise.race([running.result, late])
  } finally {
    clearTimeout(timer)
  }
}
