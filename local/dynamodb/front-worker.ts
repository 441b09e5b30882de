import { parentPort, workerData } from 'node:worker_threads'
import { startFront } from './front.ts'
import { FrontWork, type FrontNews } from './front-thread.ts'

/** The thread of the front: starts it, and tells its address and every refusal. */
const tell = (news: FrontNews) => parentPort?.postMessage(news, [])
const { endpoint } = await startFront({
  ...FrontWork.parse(workerData),
  onRefusal: (reason) => tell({ kind: 'refusal', reason }),
})
tell({ kind: 'ready', endpoint })
