import { parentPort, workerData } from 'node:worker_threads'
import type { Job } from './jobs.ts'
import { mutants } from './mutants.ts'
import { mutate } from './mutate.ts'

/** One thread: with a mutant it loads the code with that bug in it, which is why everything is imported late. */
const { mutant } = workerData as { mutant?: string }
const chosen = mutants.find(({ name }) => name === mutant)
if (chosen !== undefined) mutate(chosen)
const { work } = await import('./jobs.ts')

parentPort?.on('message', (job: Job) => {
  work(job, (schedules) => parentPort?.postMessage({ progress: schedules })).then(
    (result) => parentPort?.postMessage({ result }),
    (error: unknown) => parentPort?.postMessage({ failure: error instanceof Error ? error.message : String(error) }),
  )
})
