import { Worker } from 'node:worker_threads'
import * as z from 'zod'
import type { RunningProxy } from './proxy.ts'
import { TableKeys } from './table-limits.ts'

/** The input of the worker thread. */
export const ProxyWork = z.object({ engine: z.string(), tables: z.array(TableKeys) })

const ProxyMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), endpoint: z.string() }),
  z.object({ kind: z.literal('refusal'), reason: z.string() }),
])
export type ProxyMessage = z.infer<typeof ProxyMessage>

type Options = z.infer<typeof ProxyWork> & { onRefusal: (reason: string) => void }

/** Starts the proxy in a worker thread. Every table call passes through it, and the functions need the main thread. */
export async function startProxyThread({ engine, tables, onRefusal }: Options): Promise<RunningProxy> {
  const workerData = ProxyWork.parse({ engine, tables })
  const worker = new Worker(new URL('./proxy-worker.ts', import.meta.url), { workerData })
  const endpoint = await new Promise<string>((resolve, reject) => {
    worker.once('error', reject)
    worker.on('message', (message) => {
      const news = ProxyMessage.parse(message)
      if (news.kind === 'ready') resolve(news.endpoint)
      else onRefusal(news.reason)
    })
  })
  worker.unref()
  return { endpoint, stop: async () => void (await worker.terminate()) }
}
