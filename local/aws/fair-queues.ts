// The package does not export its stores, so import the file.
import { type SqsQueue, SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { GroupLoad, quietFirst } from './group-load.ts'

const groups = new WeakMap<object, string>()

/** Names the message group of a message by its attributes, which the emulator passes on to `createMessage`. */
export function nameGroup(attributes: object, group: string): void {
  groups.set(attributes, group)
}

// The emulator forgets the groups of messages in standard queues.
const createMessage = SqsStore.createMessage.bind(SqsStore)
SqsStore.createMessage = (body, attributes = {}, delaySeconds, group, deduplicationId) =>
  createMessage(body, attributes, delaySeconds, group ?? groups.get(attributes), deduplicationId)

/** The emulator's queues with fair delivery. Without it, messages come in the order in which they became visible. */
export class FairStore extends SqsStore {
  readonly #fair = new WeakSet<SqsQueue>()

  override getQueue(url: string): SqsQueue | undefined {
    const queue = super.getQueue(url)
    if (queue !== undefined && !queue.isFifo() && !this.#fair.has(queue)) {
      this.#fair.add(queue)
      makeFair(queue)
    }
    return queue
  }
}

function makeFair(queue: SqsQueue): void {
  const load = new GroupLoad()
  const dequeue = queue.dequeue.bind(queue)
  queue.dequeue = (...call) => {
    queue.processTimers()
    const now = Date.now()
    for (const receipt of load.inFlight(now)) if (!queue.inflightMessages.has(receipt)) load.end(receipt, now)
    const noisy = load.noisy(now)
    if (noisy.size > 0) queue.messages = quietFirst(queue.messages, ({ messageGroupId }) => messageGroupId, noisy)
    const received = dequeue(...call)
    for (const { ReceiptHandle: receipt } of received) {
      load.begin(receipt, queue.inflightMessages.get(receipt)?.message.messageGroupId, now)
    }
    return received
  }
  const deleteMessage = queue.deleteMessage.bind(queue)
  queue.deleteMessage = (receipt) => {
    load.end(receipt, Date.now())
    return deleteMessage(receipt)
  }
}
