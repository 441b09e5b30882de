import { parentPort } from 'node:worker_threads'
// Schemas created after this call are compiled. A cold start cannot wait for that; a million schedules benefit from
// it.
import 'zod/compile'
import type { Job } from './jobs.ts'

/** One thread. `compileThread` writes it into one file with the code that it runs. */
// Errors are thrown and caught in large numbers. A replay shows where one came from.
Error.stackTraceLimit = 0
const { work } = await import('./jobs.ts')

const tell = (message: object): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  parentPort?.postMessage(message)
}

parentPort?.on('message', (job: Job) => {
  work(job, (schedules) => tell({ progress: schedules })).then(
    (result) => tell({ result }),
    (error: unknown) => tell({ failure: error instanceof Error ? error.message : String(error) }),
  )
})
