import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../start-error.ts'
import { answers } from './answers.ts'

type Launch = { name: string; patienceMs: number; command: string; args: string[]; endpoint: string }

/** Starts an engine, waits until it answers, and returns how to stop it. */
export async function launch({ name, patienceMs, command, args, endpoint }: Launch): Promise<() => Promise<void>> {
  const child = spawnOnLeash(command, args)
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  let lastWords = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-2000)
  })
  const hasExited = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined

  const stop = async () => {
    if (hasExited()) return
    child.stdin?.destroy()
    if (process.platform === 'win32') child.kill()
    await exited
  }

  const deadline = Date.now() + patienceMs
  while (!hasExited()) {
    if (await answers(endpoint, 2000)) return stop
    if (Date.now() > deadline) {
      await stop()
      throw new StartError(`The DynamoDB engine ${name} did not answer within ${patienceMs / 1000} seconds.`)
    }
    await Promise.race([sleep(25), exited])
  }
  if (lastWords === '' && child.stderr !== null && child.pid !== undefined) await once(child.stderr, 'close')
  const reason = lastWords.trim().split('\n').at(-1) ?? ''
  throw new StartError(`The DynamoDB engine ${name} stopped before it answered${reason && `: ${reason}`}.`)
}

/**
 * The engine must not outlive us, however we end, `kill -9` included. So a shell stands between: it holds the reading end
 * of a pipe whose writing end only we hold, and kills the engine when the pipe closes. The engine has a process group of
 * its own, so that a Ctrl-C reaches the stack alone, which then stops in its own order.
 */
function spawnOnLeash(command: string, args: string[]): ChildProcess {
  if (process.platform === 'win32') {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] })
    process.once('exit', () => child.kill())
    return child
  }
  const leash = [
    'exec 3<&0',
    '"$@" </dev/null 3<&- & engine=$!',
    '(cat <&3 >/dev/null 2>&1; kill -9 $engine) 2>/dev/null &',
    'exec 3<&-',
    'wait $engine',
  ].join('\n')
  return spawn('sh', ['-c', leash, 'sh', command, ...args], { stdio: ['pipe', 'ignore', 'pipe'], detached: true })
}
