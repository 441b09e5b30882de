import { Worker } from 'node:worker_threads'
import * as z from 'zod'
import type { RunningFront } from './front.ts'
import { TableKeys } from './table-limits.ts'

export const FrontWork = z.object({ engine: z.string(), tables: z.array(TableKeys) })

const FrontNews = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), endpoint: z.string() }),
  z.object({ kind: z.literal('refusal'), reason: z.string() }),
])
export type FrontNews = z.infer<typeof FrontNews>

type Options = z.infer<typeof FrontWork> & { onRefusal: (reason: string) => void }

/** Starts the front in a thread of its own. Each call of the table passes through it, and the functions need this one. */
export async function startFrontThread({ engine, tables, onRefusal }: Options): Promise<RunningFront> {
  const workerData = FrontWork.parse({ engine, tables })
  const worker = new Worker(new URL('./front-worker.ts', import.meta.url), { workerData })
  const endpoint = await new Promise<string>((resolve, reject) => {
    worker.once('error', reject)
    worker.on('message', (message) => {
      const news = FrontNews.parse(message)
      if (news.kind === 'ready') resolve(news.endpoint)
      else onRefusal(news.reason)
    })
  })
  worker.unref()
  return { endpoint, stop: async () => void (await worker.terminate()) }
}
