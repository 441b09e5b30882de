import { parentPort } from 'node:worker_threads'
// Schemas created after this call are compiled. A cold start cannot wait for that; a million schedules benefit from
// it.
import 'zod/compile'
import type { Job, work as Work } from './jobs.ts'

/** One thread. It loads the packages once, and every file of `compileCode` that a job names. */
// Errors are thrown and caught in large numbers. A replay shows where one came from.
Error.stackTraceLimit = 0

const tell = (message: object): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  parentPort?.postMessage(message)
}

async function workOn({ code, job }: { code: string; job: Job }): Promise<void> {
  const { work } = (await import(code)) as { work: typeof Work }
  tell({ result: await work(job, (schedules) => tell({ progress: schedules })) })
}

parentPort?.on('message', (message: { code: string; job: Job }) => {
  workOn(message).catch((error: unknown) => tell({ failure: error instanceof Error ? error.message : String(error) }))
})
