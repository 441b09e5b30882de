import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

const Answer = z.object({
  outcome: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('returned'), value: z.unknown() }),
    z.object({ kind: z.literal('failed'), reason: z.string() }),
  ]),
})

type Options = {
  /** The program that loads the handler and calls it. */
  runtime: string
  /** The folder of the unpacked zip, and the handler as the template names it: `functions/sweep-due.handler`. */
  taskRoot: string
  handler: string
  variables: Readonly<Record<string, string>>
}

export type ZipFunction = { invoke: (event: unknown) => Promise<unknown>; stop: () => Promise<void> }

/** Starts the function of a zip in a process of its own, with its variables and nothing else. */
export function startZipFunction({ runtime, taskRoot, handler, variables }: Options): ZipFunction {
  const [, module = ''] = /^(.+)\.handler$/.exec(handler) ?? []
  const path = join(taskRoot, `${module}.js`)
  if (!existsSync(path)) throw new Error(`the zip has no module for the handler ${handler}`)
  const child = fork(runtime, [path], { cwd: taskRoot, env: variables, execArgv: [], silent: true })
  const output: string[] = []
  child.stdout?.on('data', (chunk) => output.push(String(chunk)))
  child.stderr?.on('data', (chunk) => output.push(String(chunk)))
  const ended = once(child, 'exit')
  let invocations = 0
  return {
    invoke: async (event) => {
      invocations += 1
      child.send({ id: invocations, event, requestId: randomUUID(), deadline: Date.now() + 25_000 }, () => undefined)
      const message: unknown = await Promise.race([
        once(child, 'message').then(([first]: unknown[]) => first),
        ended.then(() => undefined),
      ])
      if (message === undefined) throw new Error(`${handler} ended its process: ${output.join('')}`)
      const { outcome } = Answer.parse(message)
      if (outcome.kind === 'failed') throw new Error(`${handler} failed: ${outcome.reason}`)
      return outcome.value
    },
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
