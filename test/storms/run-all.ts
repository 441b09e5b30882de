import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { workOnAll } from '../simulation/threads.ts'
import type { Measurements, Size, StormFindings } from './kinds/storm.ts'
import { measure } from './measuring/measure.ts'
import { bulkSizes, type SectionName } from './sections.ts'
import type { Task } from './worker.ts'

export type Ran = { name: SectionName; findings: StormFindings }

type Say = (line: string) => void

/** Measures the steps of the gateway. Nothing else should run meanwhile. */
export async function measureAll(size: Size, say: Say): Promise<Measurements> {
  const measurements = new Map()
  for (const bulkDevices of bulkSizes(size)) {
    const measured = await measure({ bulkDevices })
    measurements.set(bulkDevices, measured)
    say(`measured ${measured.recipes.size} steps with bulk orders of ${bulkDevices} devices`)
  }
  return measurements
}

/** Runs storms, each in a thread of its own, as many at once as there are cores. */
export async function runAll(
  names: readonly SectionName[],
  { size, measurements, say }: { size: Size; measurements: Measurements; say: Say },
): Promise<Ran[]> {
  const ran: Ran[] = []
  await workOnAll([...names], Math.max(1, Math.min(2, availableParallelism())), async (name) => {
    ran.push({ name, findings: await runOne({ name, size, measurements }, (line) => say(`${name}: ${line}`)) })
  })
  return names.flatMap((name) => ran.filter((each) => each.name === name))
}

function runOne(task: Task, say: Say): Promise<StormFindings> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: 6144, maxYoungGenerationSizeMb: 128 },
    })
    worker.on('message', (message: { line: string } | { findings: StormFindings }) => {
      if ('line' in message) return say(message.line)
      resolve(message.findings)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (code !== 0) reject(new Error(`the storm ${task.name} ended with ${code}`))
    })
  })
}
