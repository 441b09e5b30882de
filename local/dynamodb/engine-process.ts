import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../start-error.ts'
import { isReachable } from './is-reachable.ts'

type Launch = { name: string; patienceMs: number; command: string; args: string[]; endpoint: string }

/**
 * Starts an engine, waits until it answers, and returns a function that stops it. Throws `StartError` if the engine exits
 * or does not answer within `patienceMs`.
 */
export async function launch({ name, patienceMs, command, args, endpoint }: Launch): Promise<() => Promise<void>> {
  const child = spawnBoundToParent(command, args)
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  let lastErrors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    lastErrors = (lastErrors + chunk.toString()).slice(-2000)
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
    if (await isReachable(endpoint, 2000)) return stop
    if (Date.now() > deadline) {
      await stop()
      throw new StartError(`The DynamoDB engine ${name} did not answer within ${patienceMs / 1000} seconds.`)
    }
    await Promise.race([sleep(25), exited])
  }
  if (lastErrors === '' && child.stderr !== null && child.pid !== undefined) await once(child.stderr, 'close')
  const reason = lastErrors.trim().split('\n').at(-1) ?? ''
  throw new StartError(`The DynamoDB engine ${name} stopped before it answered${reason && `: ${reason}`}.`)
}

/**
 * Starts a process that ends with this one, even after `kill -9`. A shell runs the engine and reads from a pipe that only
 * this process holds open. When the pipe closes, the shell kills the engine. The shell has its own process group, so
 * Ctrl-C reaches only the stack, which then stops its parts in order.
 */
function spawnBoundToParent(command: string, args: string[]): ChildProcess {
  if (process.platform === 'win32') {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] })
    process.once('exit', () => child.kill())
    return child
  }
  const script = [
    'exec 3<&0',
    '"$@" </dev/null 3<&- & engine=$!',
    '(cat <&3 >/dev/null 2>&1; kill -9 $engine) 2>/dev/null &',
    'exec 3<&-',
    'wait $engine',
  ].join('\n')
  return spawn('sh', ['-c', script, 'sh', command, ...args], { stdio: ['pipe', 'ignore', 'pipe'], detached: true })
}
