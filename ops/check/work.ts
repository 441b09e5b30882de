import { attempt, fail, type Finding, ok, warn } from './finding.ts'
import type { Check } from './sources.ts'

/** The sweep runs each minute. */
const lateMilliseconds = 5 * 60_000

type Review = { name: string; means: string; commands: string; look: () => Promise<boolean> }

/** Work that nobody does: a sweep that has stopped, and what waits for an operator. */
export const checkWork: Check = async ({ clock, store }, command) => {
  const waiting: readonly Review[] = [
    {
      name: 'decisions',
      means: 'submissions wait for a decision',
      commands: 'decisions',
      look: async () => (await store().listAwaitingDecision(1)).length > 0,
    },
    {
      name: 'quarantine',
      means: 'callbacks are in quarantine',
      commands: 'quarantine list',
      look: async () => (await store().listQuarantine({ limit: 1 })).rows.length > 0,
    },
    {
      name: 'orphans',
      means: 'results came for unknown upstream request ids',
      commands: 'orphans',
      look: async () => (await store().listOrphans(1)).length > 0,
    },
  ]
  const found: Finding[] = await attempt('sweep', async () => {
    const [oldest] = await store().listDue(clock() - lateMilliseconds, 1)
    return oldest === undefined
      ? ok('sweep', 'nothing is overdue')
      : fail(
          'sweep',
          `a ${oldest.kind} has been due for ${Math.floor((clock() - oldest.dueAt) / 60_000)} minutes`,
          'look at the schedule, errors and log of sweep-due',
        )
  })
  for (const { name, means, commands, look } of waiting) {
    found.push(
      ...(await attempt(name, async () => ((await look()) ? warn(name, means, command(commands)) : ok(name, 'none')))),
    )
  }
  return found
}
