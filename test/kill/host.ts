import { writeSync } from 'node:fs'
import { Agent } from 'node:http'
import type { FunctionDefinition } from '../../local/deployment/deployment.ts'
import type { RunFunctions } from '../../local/lambda/load-functions.ts'
import type { Invoke } from '../../local/lambda/outcome.ts'
import { bundleFunctions } from '../bundle.ts'
import type { FaultPlan } from './fault-plan.ts'
import { type EnvironmentOptions, type InvocationEnvironment, startEnvironment } from './invocation-environment.ts'
import type { Targets } from './proxy.ts'

type Options = { plan: FaultPlan; folder: string; logDescriptor: number }

/**
 * Runs the bundled functions like Lambda: one process per concurrent invocation, kept warm, and replaced when it
 * dies.
 */
export const processHost =
  ({ plan, folder, logDescriptor }: Options): RunFunctions =>
  async ({ deployment, environment, trace }) => {
    const agent = new Agent({ keepAlive: true })
    const bundles = await bundleFunctions(
      deployment.functions.map(({ name }) => name),
      folder,
    )
    const targets = targetsOf(environment)
    const all = new Set<InvocationEnvironment>()
    let stopped = false

    const functions = new Map<string, Invoke>()
    for (const definition of deployment.functions) {
      const { name, timeout } = definition
      const options: EnvironmentOptions = {
        functionName: name,
        timeoutSeconds: timeout,
        runtime: bundles.runtime,
        bundle: bundles.ofFunction(name),
        variables: (outside) => variablesOf(definition, environment, targets, outside),
        logDescriptor,
        targets,
        agent,
        plan,
      }
      const idle: InvocationEnvironment[] = []
      functions.set(name, async (event) => {
        if (stopped) return { kind: 'failed', reason: 'the host has stopped' }
        let warm = idle.pop()
        while (warm?.isAlive() === false) warm = idle.pop()
        warm ??= await startEnvironment(options)
        all.add(warm)
        const begun = Date.now()
        const outcome = await warm.invoke(event)
        const how = outcome.kind === 'returned' ? 'returned' : outcome.reason.split('\n', 1)[0]
        writeSync(logDescriptor, `${JSON.stringify({ invoked: name, begun, milliseconds: Date.now() - begun, how })}\n`)
        if (warm.isAlive()) idle.push(warm)
        else all.delete(warm)
        if (outcome.kind === 'failed' && !outcome.reason.startsWith('Runtime.ExitError')) {
          trace({ kind: 'failure', name, reason: outcome.reason })
        }
        return outcome
      })
    }
    return {
      functions,
      stop: async () => {
        stopped = true
        await Promise.all([...all].map((each) => each.stop()))
        agent.destroy()
      },
    }
  }

function targetsOf(environment: Readonly<Record<string, string>>): Targets {
  const at = (variable: string) => new URL(environment[variable] ?? '').origin
  return {
    dynamodb: at('AWS_ENDPOINT_URL_DYNAMODB'),
    sqs: at('AWS_ENDPOINT_URL_SQS'),
    sns: at('AWS_ENDPOINT_URL_SNS'),
    secrets: at('AWS_ENDPOINT_URL_SECRETS_MANAGER'),
    thingspace: at('THINGSPACE_BASE_URL'),
  }
}

/** The variables of this function from serverless.yml and Lambda, with the proxy instead of every address. */
function variablesOf(
  { name, environment: own }: FunctionDefinition,
  environment: Readonly<Record<string, string>>,
  targets: Targets,
  outside: string,
): Record<string, string> {
  const given = Object.entries(environment).filter(([key]) => Object.hasOwn(own, key) || key.startsWith('AWS_'))
  const redirected = given.map(([key, value]) => [
    key,
    Object.values(targets).reduce((text, origin) => text.replaceAll(origin, outside), value),
  ])
  return { ...Object.fromEntries(redirected), AWS_LAMBDA_FUNCTION_NAME: name }
}
