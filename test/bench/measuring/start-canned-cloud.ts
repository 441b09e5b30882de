import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { pinned } from './cores.ts'

export type CannedCloud = { url: string; connections: () => Promise<number>; stop: () => void }

/** Starts the canned cloud on the other core. */
export async function startCannedCloud(): Promise<CannedCloud> {
  const program = fileURLToPath(new URL('./canned-cloud.ts', import.meta.url))
  const [command, args] = pinned('stage', process.execPath, [program])
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const { url } = await answerOf<{ url: string }>(child)
  return {
    url,
    async connections() {
      child.send('connections')
      return (await answerOf<{ connections: number }>(child)).connections
    },
    stop: () => child.kill('SIGKILL'),
  }
}

async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('the canned cloud has ended')))
  const [answer] = (await Promise.race([once(child, 'message'), gone])) as [Answer]
  return answer
}
