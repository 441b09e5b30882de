import { buildApp } from 'fauxqs'
// The package does not export its stores and their persistence, so import the files.
import { PersistenceManager } from '../../node_modules/fauxqs/dist/persistence.js'
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js'
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js'
import type { SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { INVALID_MESSAGE_BODY_CHAR } from '../../node_modules/fauxqs/dist/sqs/sqsTypes.js'
import { FairStore } from './fair-queues.ts'
import { applyQueueRules, type Ruling } from './queue-rules.ts'

type Options = {
  region: string
  /** The folder that keeps queues and messages across restarts. Without it they are lost when the stack stops. */
  folder: string | undefined
  /** Called with the reason whenever SQS or SNS refuses a call. */
  onRefusal: (reason: string) => void
}

// The emulator refuses characters above U+FFFF, which SQS accepts. queue-rules.ts checks characters instead.
INVALID_MESSAGE_BODY_CHAR.test = () => false

/** Starts SQS and SNS on 127.0.0.1. With a folder, a message is on disk before the sender gets the response. */
export async function startEmulator({ region, folder, onRefusal }: Options) {
  const stores = { sqsStore: new FairStore(), snsStore: new SnsStore(), s3Store: new S3Store() }
  const persistence = folder === undefined ? undefined : new PersistenceManager(folder)
  if (persistence !== undefined) keep(stores, persistence)

  const app = buildApp({ logger: false, defaultRegion: region, stores })
  const failedOf = new WeakMap<object, NonNullable<Ruling['failed']>>()
  app.addHook('preHandler', async (request, reply) => {
    const operation = /^AmazonSQS\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1]
    if (operation === undefined) return
    const { refusal, failed = [] } = applyQueueRules(operation, request.body)
    reply.header('content-type', 'application/x-amz-json-1.0')
    if (refusal !== undefined) {
      const { code, message } = refusal
      reply.code(400).header('x-amzn-query-error', `${code};Sender`)
      await reply.send({ __type: `com.amazonaws.sqs#${code}`, message })
    } else if (failed.length > 0) {
      failedOf.set(request, failed)
      if (Reflect.get(Object(request.body), 'Entries').length === 0) await reply.send({ Successful: [], Failed: [] })
    }
  })
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const failed = failedOf.get(request)
    if (failed === undefined) return payload
    for (const { Id, Message } of failed) onRefusal(`AmazonSQS.SendMessageBatch refused the entry ${Id}: ${Message}`)
    return { ...Object(payload), Failed: [...Reflect.get(Object(payload), 'Failed'), ...failed] }
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode < 400) return
    const operation = request.headers['x-amz-target'] ?? 'SNS'
    onRefusal(`${String(operation)} was answered ${reply.statusCode}: ${String(payload)}`)
  })
  if (persistence !== undefined) app.addHook('preClose', async () => persistence.close())
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' })
  return { endpoint, stop: async () => app.close() }
}

/**
 * Loads the stored queues and messages, then writes every change to disk. If persistence were set before the load, the
 * stores would overwrite what they are reading.
 */
function keep({ sqsStore, snsStore }: { sqsStore: SqsStore; snsStore: SnsStore }, persistence: PersistenceManager) {
  persistence.loadSqsAndSns(sqsStore, snsStore)
  sqsStore.persistence = persistence
  snsStore.persistence = persistence
  for (const queue of sqsStore.allQueues()) queue.persistence = persistence
}
