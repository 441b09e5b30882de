import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Agent } from 'node:http'
import * as z from 'zod'
import type { Outcome } from '../../local/lambda/outcome.ts'
import { answerEffect, type FaultPlan, isKill } from './fault-plan.ts'
import { startProxy, type Targets } from './proxy.ts'

export type EnvironmentOptions = {
  functionName: string
  timeoutSeconds: number
  runtime: string
  bundle: string
  /** The variables of the function, by the address of the proxy. */
  variables: (outside: string) => Record<string, string>
  /** The target of standard output. */
  logDescriptor: number
  targets: Targets
  agent: Agent
  plan: FaultPlan
}

export type InvocationEnvironment = {
  invoke: (event: unknown) => Promise<Outcome>
  isAlive: () => boolean
  stop: () => Promise<void>
}

const Message = z.object({
  id: z.number(),
  outcome: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('returned'), value: z.unknown() }),
    z.object({ kind: z.literal('failed'), reason: z.string() }),
  ]),
})

/** One process with one function, and the proxy for all its requests. */
export async function startEnvironment(options: EnvironmentOptions): Promise<InvocationEnvironment> {
  const { functionName, plan } = options
  let isDying = false
  let invocations = 0
  let child: ChildProcess | undefined
  const kill = () => {
    isDying = true
    child?.kill('SIGKILL')
  }
  const proxy = await startProxy({
    targets: options.targets,
    agent: options.agent,
    faultOf: ({ name, mentions }) => (isDying ? undefined : plan.next(functionName, name, mentions)),
    kill,
  })
  const process = startProcess(options, proxy.url)
  child = process
  process.once('exit', () => {
    isDying = true
    proxy.stop()
  })

  const answerTo = (id: number): Promise<Outcome> =>
    new Promise((resolve) => {
      const settle = (outcome: Outcome) => {
        clearTimeout(timer)
        process.off('message', heed)
        process.off('exit', gone)
        resolve(outcome)
      }
      const gone = (code: number | null, signal: string | null) =>
        settle({ kind: 'failed', reason: `Runtime.ExitError: ${signal ?? `exit status ${code}`}` })
      const heed = (raw: unknown) => {
        const { id: answered, outcome } = Message.parse(raw)
        // Output of a killed process after its last read is lost.
        if (answered !== id || isDying) return
        if (isKill(plan.next(functionName, answerEffect))) return kill()
        settle(outcome.kind === 'returned' ? { kind: 'returned', value: outcome.value } : outcome)
      }
      const timer = setTimeout(() => {
        settle({ kind: 'failed', reason: `Sandbox.Timedout: after ${options.timeoutSeconds} seconds` })
        kill()
      }, options.timeoutSeconds * 1000)
      process.on('message', heed)
      process.once('exit', gone)
      if (process.exitCode !== null || process.signalCode !== null) gone(process.exitCode, process.signalCode)
    })

  return {
    invoke: async (event) => {
      invocations += 1
      const outcome = answerTo(invocations)
      const deadline = Date.now() + options.timeoutSeconds * 1000
      process.send({ id: invocations, event, requestId: randomUUID(), deadline }, () => undefined)
      return outcome
    },
    isAlive: () => !isDying,
    stop: async () => {
      kill()
      if (process.exitCode === null && process.signalCode === null) await once(process, 'exit')
    },
  }
}

const startProcess = ({ runtime, bundle, variables, logDescriptor }: EnvironmentOptions, outside: string) =>
  fork(runtime, [bundle], {
    // The process inherits neither variables nor flags of its parent.
    env: variables(outside),
    execArgv: [],
    stdio: ['ignore', logDescriptor, logDescriptor, 'ipc'],
  })
