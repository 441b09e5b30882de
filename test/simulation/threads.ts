import { rm } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { compileCode } from './compile.ts'
import type { Job, JobResult } from './jobs.ts'

// V8 would create objects that often live for a whole schedule among the old ones. Dead objects there keep others alive
// until the next full garbage collection.
setFlagsFromString('--no-allocation-site-pretenuring')

type Message = { progress: number } | { result: JobResult } | { failure: string }

/** The code of so many mutants stays in a thread. It is never unloaded, so the thread then begins anew. */
const mostMutants = 10

/** One thread. Each of its jobs runs with the real code or with a mutant of it. */
export class Thread {
  #worker = createWorker()
  /** The file of the real code. */
  #code: string | undefined
  #mutants = 0

  async work(job: Job, progress: (schedules: number) => void = () => undefined): Promise<JobResult> {
    this.#code ??= await compileCode(undefined)
    return this.#send(this.#code, job, progress)
  }

  /** Works with the code of a mutant. */
  async workWith(mutant: string, job: Job): Promise<JobResult> {
    if (this.#mutants === mostMutants) {
      await this.#worker.terminate()
      this.#worker = createWorker()
      this.#mutants = 0
    }
    this.#mutants += 1
    const code = await compileCode(mutant)
    try {
      return await this.#send(code, job, () => undefined)
    } finally {
      await rm(code)
    }
  }

  #send(code: string, job: Job, progress: (schedules: number) => void): Promise<JobResult> {
    const worker = this.#worker
    return new Promise<JobResult>((resolve, reject) => {
      const fail = (error: unknown): void => reject(error instanceof Error ? error : new Error(String(error)))
      const listen = (message: Message): void => {
        if ('progress' in message) return progress(message.progress)
        worker.off('message', listen)
        worker.off('error', fail)
        if ('result' in message) resolve(message.result)
        else reject(new Error(message.failure))
      }
      worker.on('message', listen)
      worker.once('error', fail)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      worker.postMessage({ code, job })
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
    if (this.#code !== undefined) await rm(this.#code)
  }
}

const createWorker = (): Worker =>
  new Worker(new URL('worker.ts', import.meta.url), {
    // Nearly all objects live for one schedule: a large young generation avoids collecting them one by one.
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  })

/** Does all tasks, a few at once. */
export async function workOnAll<Task>(
  tasks: readonly Task[],
  lanes: number,
  work: (task: Task) => Promise<void>,
): Promise<void> {
  const queue = tasks.values()
  const lane = async (): Promise<void> => {
    for (const task of queue) await work(task)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
