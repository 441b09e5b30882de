import type { Deployment } from '../deployment/deployment.ts'
import type { Trace } from '../trace.ts'
import type { FunctionLogs } from './function-logs.ts'
import { lambdaFunction } from './function.ts'
import { loadHandler } from './load-handler.ts'
import type { Invoke } from './outcome.ts'

/**
 * Replaces `loadFunctions` and returns the functions by name. The kill tests run them in other processes; the bench
 * runs stand-ins or none.
 */
export type RunFunctions = (running: {
  deployment: Deployment
  environment: Readonly<Record<string, string>>
  trace: Trace
}) => Promise<{ functions: ReadonlyMap<string, Invoke>; stop: () => Promise<void> }>

type Loading = { deployment: Deployment; root: string; logs: FunctionLogs; trace: Trace }

/**
 * Imports the handlers of the deployment into this process and returns the functions by name. Handlers read the
 * environment when they are imported, so the local stack sets it before. `root` is the folder of serverless.yml. Throws
 * `StartError` if a handler does not exist.
 */
export async function loadFunctions({ deployment, root, logs, trace }: Loading): Promise<Map<string, Invoke>> {
  const functions = new Map<string, Invoke>()
  for (const definition of deployment.functions) {
    const handler = await logs.run(async () => loadHandler(root, definition))
    const onFailure = (name: string, reason: string) => trace({ kind: 'failure', name, reason })
    functions.set(definition.name, lambdaFunction({ definition, handler, place: deployment, logs, onFailure }))
  }
  return functions
}
