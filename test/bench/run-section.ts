import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Findings, Mode, Section } from './findings.ts'
import type { Message } from './section-process.ts'

type Options = { name: string; section: Section; mode: Mode; folder: string; say: (line: string) => void }

const program = fileURLToPath(new URL('./section-process.ts', import.meta.url))
const running = new Set<() => void>()

/** Ends all running sections. Each is a process group, so its child processes end with it. */
export const endAll = (): void => {
  for (const end of running) end()
}

/** Runs one section and kills it after its time limit. Its output is discarded, because functions log. */
export function runSection({ name, section, mode, folder, say }: Options): Promise<Findings> {
  const child = spawn(process.execPath, [program, name, mode, folder], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  })
  let lastWords = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-4000)
  })
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
  running.add(end)
  const seconds = section.patience[mode]
  let findings: Findings | undefined
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    end()
  }, seconds * 1000)
  child.on('message', (message: Message) => {
    if (message.kind === 'said') say(message.line)
    else findings = message.findings
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => {
      clearTimeout(timer)
      end()
      running.delete(end)
      if (findings !== undefined) resolve(findings)
      else if (isLate) reject(new Error(`it was not done after ${seconds} seconds`))
      else reject(new Error(lastWords.trim() || 'it ended without a word'))
    })
  })
}
