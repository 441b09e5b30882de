import type { Deployment } from '../deployment/deployment.ts'
import type { Trace } from '../trace.ts'
import type { FunctionLogs } from './function-logs.ts'
import { lambdaFunction } from './function.ts'
import { loadHandler } from './load-handler.ts'
import type { Invoke } from './outcome.ts'

/** A way to run the functions other than importing them: each gets its own part of the environment. */
export type RunFunctions = (running: {
  deployment: Deployment
  environment: Readonly<Record<string, string>>
  trace: Trace
}) => Promise<{ functions: ReadonlyMap<string, Invoke>; stop: () => Promise<void> }>

type Loading = { deployment: Deployment; root: string; logs: FunctionLogs; trace: Trace }

/** Imports every function, in the environment that stands by now. */
export async function loadFunctions({ deployment, root, logs, trace }: Loading): Promise<Map<string, Invoke>> {
  const functions = new Map<string, Invoke>()
  for (const definition of deployment.functions) {
    const handler = await logs.run(async () => loadHandler(root, definition))
    const onFailure = (name: string, reason: string) => trace({ kind: 'failure', name, reason })
    functions.set(definition.name, lambdaFunction({ definition, handler, place: deployment, logs, onFailure }))
  }
  return functions
}
