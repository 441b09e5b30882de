import { rm } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { compileThread } from './compile.ts'
import type { Job, JobResult } from './jobs.ts'

type Message = { progress: number } | { result: JobResult } | { failure: string }

/** One thread with the real code, or with one mutant of it. */
export class Thread {
  readonly #file: string
  readonly #worker: Worker
  readonly #progress: (schedules: number) => void
  #failed: ((reason: Error) => void) | undefined

  static async start(mutant: string | undefined, progress: (schedules: number) => void): Promise<Thread> {
    return new Thread(await compileThread(mutant), progress)
  }

  private constructor(file: string, progress: (schedules: number) => void) {
    this.#file = file
    this.#progress = progress
    this.#worker = new Worker(file, {
      // Nearly all objects live for one schedule: a large young generation avoids collecting them one by one.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    })
    this.#worker.on('error', (error: unknown) =>
      this.#failed?.(error instanceof Error ? error : new Error(String(error))),
    )
  }

  work(job: Job): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      this.#failed = reject
      const listen = (message: Message): void => {
        if ('progress' in message) return this.#progress(message.progress)
        this.#worker.off('message', listen)
        if ('result' in message) resolve(message.result)
        else reject(new Error(message.failure))
      }
      this.#worker.on('message', listen)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      this.#worker.postMessage(job)
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
    await rm(this.#file)
  }
}

/** Runs all jobs on a few threads. `done` is called as each ends. */
export async function workOnAll<Task>(
  tasks: readonly Task[],
  threads: number,
  work: (task: Task) => Promise<void>,
): Promise<void> {
  const queue = tasks.values()
  const lane = async (): Promise<void> => {
    for (const task of queue) await work(task)
  }
  await Promise.all(Array.from({ length: threads }, lane))
}
