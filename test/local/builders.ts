import type { FunctionDefinition } from '../../local/deployment/deployment.ts'
import type { FunctionLogs } from '../../local/lambda/function-logs.ts'
import { lambdaFunction } from '../../local/lambda/function.ts'
import type { Handler } from '../../local/lambda/load-handler.ts'
import type { Invoke } from '../../local/lambda/outcome.ts'

export const region = 'us-east-1'

export const aDefinition = (changes: Partial<FunctionDefinition> = {}): FunctionDefinition => ({
  name: 'under-test',
  handler: { module: 'functions/under-test', exported: 'handler' },
  timeout: 5,
  memorySize: 512,
  environment: {},
  routes: [],
  queues: [],
  streams: [],
  schedules: [],
  ...changes,
})

export const noLogs: FunctionLogs = { run: (task) => task(), note: () => undefined, close: () => undefined }

/** A function that runs as in the stack, with a handler from the test. */
export const aFunction = (handler: Handler, changes: Partial<FunctionDefinition> = {}): Invoke =>
  lambdaFunction({
    definition: aDefinition(changes),
    handler,
    place: { service: 'gateway', stage: 'test', region },
    logs: noLogs,
    onFailure: () => undefined,
  })

/** Waits until a condition is true. The test's own time-out ends it. */
export const until = async (claim: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await claim())) await new Promise((resolve) => setTimeout(resolve, 20))
}

export const noTrace = (): undefined => undefined
