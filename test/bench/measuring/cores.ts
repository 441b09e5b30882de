import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

const count = availableParallelism()

/** Whether this machine lets a process be kept to one core; where not, the figures are noisier and say so. */
export const canPin = count > 1 && spawnSync('taskset', ['--version']).status === 0

/** What is measured has a core of its own; whatever serves it has the others. */
const cores = { subject: '0', stage: count > 2 ? `1-${count - 1}` : '1' } as const
export type Core = keyof typeof cores

/** A command that runs on the cores it is meant for. */
export const pinned = (core: Core, command: string, args: readonly string[]): [string, string[]] =>
  canPin ? ['taskset', ['-c', cores[core], command, ...args]] : [command, [...args]]

/** Moves this process, with all its threads. */
export function pinSelf(core: Core): void {
  if (canPin) spawnSync('taskset', ['-acp', cores[core], String(process.pid)])
}
