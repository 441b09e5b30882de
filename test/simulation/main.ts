import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import type { Job, JobResult } from './jobs.ts'
import { type Mutant, mutants } from './mutants.ts'
import { naiveDesigns } from './naive.ts'
import { replay } from './replay.ts'
import { Report } from './report.ts'
import { protocolWorlds } from './scenario.ts'
import { largeWorlds, smallWorlds } from './worlds.ts'
import { storms } from './storms.ts'
import { Thread, workOnAll } from './threads.ts'

const usage = `npm run simulate -- [options]

  --seeds N       seeds of the exhaustive search (2); every world gets its single faults with each of them, and its
                  pairs of faults, or a part of them, with the one that falls to it
  --full          every pair of faults in every world with every seed: an hour or two
  --random N      random schedules of each large world (50)
  --threads N     threads (as many as there are cores)
  --no-mutants    leaves out the mutants
  --mutant TEXT   runs only the mutants with this text in their names

  --world NAME --seed N --plan '12:crash-after,30:lost'   runs one schedule, tells every effect, and shrinks its plan
`

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2' },
    random: { type: 'string', default: '50' },
    threads: { type: 'string', default: String(availableParallelism()) },
    full: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: true },
    mutant: { type: 'string' },
    world: { type: 'string' },
    seed: { type: 'string' },
    plan: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
})

type ExhaustiveJob = Job & { kind: 'exhaustive' }

/** The number of jobs into which the pairs of a fully explored world are divided. */
const parts = 8
/** The default run takes one pair in this many, for worlds that are not about the protocol. */
const usuallyOneIn = 512
/** The same for protocol worlds. */
const protocolOneIn = 8

/**
 * The single faults of every world with some seeds, and a part of the pairs of one seed. Protocol worlds get a larger
 * part of the pairs. The seeds rotate over the worlds.
 */
function exhaustiveJobs(seeds: number, full: boolean): ExhaustiveJob[] {
  const jobs: ExhaustiveJob[] = []
  const add = (world: string, seed: number, depth: 1 | 2, index: number, of: number): void =>
    void jobs.push({ kind: 'exhaustive', world, seed, depth, design: 'gateway', part: { index, of } })
  const protocol = new Set(protocolWorlds.map(({ name }) => name))
  for (const [index, { name: world, pairsOneIn }] of smallWorlds.entries()) {
    const oneIn = full ? 1 : (pairsOneIn ?? (protocol.has(world) ? protocolOneIn : usuallyOneIn))
    for (let seed = 1; seed <= seeds; seed += 1) {
      const isPaired = full || index % seeds === seed - 1
      if (!isPaired || oneIn > 1) add(world, seed, 1, 0, 1)
      if (isPaired && oneIn > 1) add(world, seed, 2, index % oneIn, oneIn)
      if (isPaired && oneIn === 1) for (let part = 0; part < parts; part += 1) add(world, seed, 2, part, parts)
    }
  }
  // Worlds with few of their pairs have the most effects.
  const lengthOf = new Map(smallWorlds.map(({ name, pairsOneIn = 0 }) => [name, pairsOneIn]))
  return jobs.toSorted((a, b) => (lengthOf.get(b.world) ?? 0) - (lengthOf.get(a.world) ?? 0) || b.depth - a.depth)
}

function randomJobs(schedules: number): (Job & { kind: 'random' })[] {
  const size = 50
  return largeWorlds.flatMap(({ name: world, schedules: most = schedules }) => {
    const count = Math.min(most, schedules)
    return Array.from({ length: Math.ceil(count / size) }, (_, index) => ({
      kind: 'random' as const,
      world,
      from: 1 + index * size,
      to: Math.min(count, (index + 1) * size) + 1,
    }))
  })
}

/** A quarter of the pairs. Naive designs keep answers in memory, so each schedule runs from its beginning, which is slow. */
const naiveJobs = (): { design: string; job: Job }[] =>
  naiveDesigns.flatMap((design) =>
    ['download repeats', 'download silent'].map((world) => ({
      design,
      job: { kind: 'exhaustive' as const, world, seed: 1, depth: 2 as const, design, part: { index: 0, of: 4 } },
    })),
  )

/** A task of one thread. */
type Task = (thread: Thread) => Promise<void>

async function workOnThreads(tasks: readonly Task[]): Promise<void> {
  const threads = Array.from({ length: Number(options.threads) }, () => new Thread())
  const idle = [...threads]
  await workOnAll(tasks, threads.length, async (task) => {
    const thread = idle.pop()!
    await task(thread)
    idle.push(thread)
  })
  await Promise.all(threads.map((thread) => thread.end()))
}

const killing =
  (report: Report) =>
  ({ name, worlds = [] }: Mutant): Task =>
  async (thread) => {
    try {
      report.mutant(name, worlds, await thread.workWith(name, { kind: 'kill', worlds }))
    } catch (error) {
      report.stale(name, String(error))
    }
  }

async function killSome(text: string): Promise<boolean> {
  const report = new Report()
  const chosen = mutants.filter(({ name }) => name.includes(text))
  await workOnThreads(chosen.map(killing(report)))
  return report.endOfMutants(chosen.length)
}

async function simulate(): Promise<boolean> {
  const report = new Report()
  const run = (thread: Thread, job: Job): Promise<JobResult> =>
    thread.work(job, (schedules) => report.progress(schedules))

  const exhaustive = exhaustiveJobs(Number(options.seeds), options.full)
  // The long tasks come first, so that all threads end at about the same time.
  const tasks: Task[] = [
    ...storms.map<Task>(
      ({ name }) =>
        async (thread) =>
          report.storm(await run(thread, { kind: 'storm', name })),
    ),
    ...[...exhaustive, ...randomJobs(Number(options.random))].map<Task>(
      (job) => async (thread) => report.gateway(await run(thread, job), job.world),
    ),
    ...naiveJobs().map<Task>(
      ({ design, job }) =>
        async (thread) =>
          report.naive(design, await run(thread, job)),
    ),
    ...(options.mutants ? mutants : []).map(killing(report)),
  ]
  await workOnThreads(tasks)
  return report.end(options.mutants ? mutants.length : 0)
}

if (options.help) {
  process.stdout.write(usage)
} else if (options.mutant !== undefined) {
  process.exitCode = (await killSome(options.mutant)) ? 0 : 1
} else if (options.seed === undefined) {
  process.exitCode = (await simulate()) ? 0 : 1
} else {
  process.exitCode = (await replay(options.world ?? smallWorlds[0]!.name, Number(options.seed), options.plan)) ? 0 : 1
}
