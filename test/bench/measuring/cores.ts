import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

const count = availableParallelism()

/** Whether this machine can pin a process to one core. If not, the figures are noisier and say so. */
export const canPin = count > 1 && spawnSync('taskset', ['--version']).status === 0

/** The measured process has its own core. Its servers have the others. */
const cores = { subject: '0', stage: count > 2 ? `1-${count - 1}` : '1' } as const
export type Core = keyof typeof cores

/** A command that runs on the given cores. */
export const pinned = (core: Core, command: string, args: readonly string[]): [string, string[]] =>
  canPin ? ['taskset', ['-c', cores[core], command, ...args]] : [command, [...args]]

/** Moves this process with all its threads. */
export function pinSelf(core: Core): void {
  if (canPin) spawnSync('taskset', ['-acp', cores[core], String(process.pid)])
}
