import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Accepted, Ready } from '../stack-process.ts'

export type StackProcess = Ready & { accepted: () => Promise<Accepted>; stop: () => Promise<void> }

const program = fileURLToPath(new URL('../stack-process.ts', import.meta.url))

export async function startStackProcess(kind: 'gateway' | 'bare', folder: string): Promise<StackProcess> {
  const child = spawn(process.execPath, [program, kind, folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ready = await messageOf<Ready>(child)
  return {
    ...ready,
    accepted() {
      child.send('accepted')
      return messageOf<Accepted>(child)
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
