import { exploreExhaustively, exploreRandomly, type Listener } from './explore.ts'
import type { Design } from './naive.ts'
import { planText } from './plan.ts'
import { largeWorlds, scenarioOf, smallWorlds } from './worlds.ts'
import { storms } from './storms.ts'

/** A part of the whole run that one thread can do alone. */
export type Job =
  | {
      kind: 'exhaustive'
      world: string
      seed: number
      depth: 1 | 2
      design: Design
      part: { index: number; of: number }
    }
  | { kind: 'random'; world: string; from: number; to: number }
  | { kind: 'storm'; name: string }
  /** Searches for a schedule that breaks an invariant, in these worlds first. */
  | { kind: 'kill'; worlds: readonly string[] }

export type Found = { world: string; seed: number; plan: string; violation: string }
/** `cpuMilliseconds` is the CPU time of this thread, which does not depend on other processes. */
export type JobResult = { schedules: number; failing: number; found: Found[]; notes: string[]; cpuMilliseconds: number }

/** The result of one job. Further violations are only counted. */
const mostFound = 3

export async function work(job: Job, progress: (schedules: number) => void): Promise<JobResult> {
  const before = process.threadCpuUsage()
  const result: JobResult = { schedules: 0, failing: 0, found: [], notes: [], cpuMilliseconds: 0 }
  const stopAtFirst = job.kind === 'kill'
  const hear: Listener = ({ violation }, { name }, seed, plan) => {
    result.schedules += 1
    if (result.schedules % 50 === 0) progress(50)
    if (violation === undefined) return true
    result.failing += 1
    if (result.found.length < mostFound) result.found.push({ world: name, seed, plan: planText(plan), violation })
    return !stopAtFirst
  }
  switch (job.kind) {
    case 'exhaustive':
      await exploreExhaustively(scenarioOf(job.world), job.seed, job.depth, hear, {
        part: job.part,
        design: job.design,
      })
      break
    case 'random':
      for (let seed = job.from; seed < job.to; seed += 1) await exploreRandomly(scenarioOf(job.world), seed, hear)
      break
    case 'storm':
      await weather(job.name, result)
      break
    case 'kill':
      await kill(job.worlds, result, hear)
  }
  progress(result.schedules % 50)
  const { user, system } = process.threadCpuUsage(before)
  return { ...result, cpuMilliseconds: (user + system) / 1000 }
}

async function weather(name: string, result: JobResult): Promise<void> {
  const storm = storms.find((known) => known.name === name)
  if (storm === undefined) throw new Error(`there is no storm "${name}"`)
  result.schedules += 1
  try {
    result.notes.push(`${name}: ${await storm.run()}`)
  } catch (error) {
    result.failing += 1
    result.found.push({ world: name, seed: 0, plan: '', violation: String(error) })
  }
}

async function kill(first: readonly string[], result: JobResult, hear: Listener): Promise<void> {
  if (first.includes('storm')) {
    for (const { name } of storms.filter(({ isQuick }) => isQuick))
      if (result.failing === 0) await weather(name, result)
    return
  }
  const names = (worlds: readonly { name: string }[]) => worlds.map(({ name }) => name)
  const isSmall = (name: string): boolean => names(smallWorlds).includes(name)
  const alive = (): boolean => result.failing === 0
  const search = async (worlds: readonly string[], seeds: number, random: number): Promise<void> => {
    for (const name of worlds) {
      const scenario = scenarioOf(name)
      if (isSmall(name)) {
        for (let seed = 1; seed <= seeds && alive(); seed += 1) await exploreExhaustively(scenario, seed, 1, hear)
      } else {
        for (let seed = 1; seed <= random && alive(); seed += 1) await exploreRandomly(scenario, seed, hear)
      }
      if (!alive()) return
    }
  }
  await search(first, 4, 600)
  if (alive()) await search(names(smallWorlds), 2, 0)
  if (alive()) await search(names(largeWorlds), 0, 300)
}
