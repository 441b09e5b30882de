import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { setTimeout as sleep } from 'node:timers/promises'
import { accountId, credentials } from '../../local/aws/account.ts'
import { isFinalRequest } from '../../lib/profile/request/states.ts'
import type { Gateway } from './gateway.ts'
import { readTable } from './table-contents.ts'

/** A large request is summarised a second after its last result. Until then its counts are outdated. */
const dueWithinMs = 2_000

/** A change waits in the stream for a second, and then until its batch is done. */
const quietMs = 2_200

type Options = { mayWait: boolean; patienceMs: number; lookEveryMs: number; say: (line: string) => void }

/**
 * Waits until nothing is left to do: no callback in flight, no message in a queue, no request that is not final (or
 * awaits a decision, if allowed), and no write for a while. Returns whether this state was reached.
 */
export async function comeToRest({ stack, simulator, tableName }: Gateway, options: Options): Promise<boolean> {
  const { mayWait, patienceMs, lookEveryMs, say } = options
  const until = Date.now() + patienceMs
  const queues = watchQueues(stack.queuesEndpoint)
  let last = ''
  let since = 0
  try {
    while (Date.now() < until) {
      await Promise.race([simulator.idle(), sleep(Math.max(0, until - Date.now()), undefined, { ref: false })])
      const { requests, results, orphans } = await readTable(stack.dynamoDb.endpoint, tableName)
      const stored = [...requests.values()]
      const soon = Date.now() + dueWithinMs
      const open = stored.filter(({ request: { summary, dueAt = Infinity }, submissions }) => {
        const waits = mayWait && summary.status === 'unconfirmed'
        const moving = submissions.some((each) => isMoving(each.state) && !(mayWait && each.awaitsDecision === true))
        return moving || dueAt <= soon || !(isFinalRequest(summary.status) || waits)
      })
      const messages = await queues.messages()
      const known = [...results.values()].flat().length
      const versions = stored.reduce((sum, { request }) => sum + request.version, 0)
      const now = `${open.length} requests open, ${messages} messages, ${known} results, ${versions}`
      if (now !== last) {
        say(`${open.length} requests open, ${messages} messages queued, ${orphans.size} orphans`)
        since = Date.now()
      } else if (open.length === 0 && messages === 0 && Date.now() - since >= quietMs) return true
      last = now
      await sleep(lookEveryMs)
    }
    return false
  } finally {
    queues.stop()
  }
}

const isMoving = (state: string): boolean =>
  state === 'queued' || state === 'submitting' || state === 'waiting' || state === 'unconfirmed'

function watchQueues(endpoint: string) {
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials })
  const inQueue = async (queue: string) => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: `${endpoint}/${accountId}/${queue}`, AttributeNames: ['All'] }),
    )
    const counts = [
      Attributes.ApproximateNumberOfMessages,
      Attributes.ApproximateNumberOfMessagesNotVisible,
      Attributes.ApproximateNumberOfMessagesDelayed,
    ]
    return counts.reduce((sum, count) => sum + Number(count ?? 0), 0)
  }
  return {
    async messages() {
      const counts = await Promise.all(['SubmissionsQueue', 'BulkSubmissionsQueue', 'CallbacksQueue'].map(inQueue))
      return counts.reduce((sum, count) => sum + count, 0)
    },
    stop: () => client.destroy(),
  }
}
