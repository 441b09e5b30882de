import { parentPort, workerData } from 'node:worker_threads'
import { startProxy } from './proxy.ts'
import { ProxyWork, type ProxyMessage } from './proxy-thread.ts'

/** The worker thread of the proxy. It reports the proxy's endpoint and every refusal to the main thread. */
const report = (message: ProxyMessage) => parentPort?.postMessage(message, [])
const { endpoint } = await startProxy({
  ...ProxyWork.parse(workerData),
  onRefusal: (reason) => report({ kind: 'refusal', reason }),
})
report({ kind: 'ready', endpoint })
