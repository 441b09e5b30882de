import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SeenEvent } from '../../../local/aws/event-tail.ts'
import type { Accepted, Ready } from '../stack-process.ts'

export type StackProcess = Ready & {
  accepted: () => Promise<Accepted>
  /** The events that were published since the last call. */
  events: () => Promise<SeenEvent[]>
  stop: () => Promise<void>
}

const program = fileURLToPath(new URL('../stack-process.ts', import.meta.url))

/** Starts a local stack in its own process. `parameters` replace those of serverless.yml. */
export async function startStackProcess(
  kind: 'gateway' | 'bare',
  folder: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<StackProcess> {
  const child = spawn(process.execPath, [program, kind, folder, JSON.stringify(parameters)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ready = await messageOf<Ready>(child)
  return {
    ...ready,
    accepted() {
      child.send('accepted')
      return messageOf<Accepted>(child)
    },
    events() {
      child.send('events')
      return messageOf<SeenEvent[]>(child)
    },
    async stop() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function messageOf<Message>(child: ChildProcess): Promise<Message> {
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('the stack has ended')))
  const [message] = (await Promise.race([once(child, 'message'), gone])) as [Message]
  return message
}
