import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { GroupLoad, quietFirst } from '../../local/aws/group-load.ts'
import { restock } from '../fakes/dynamodb/refill.ts'
import type { QueueRules } from './deployment.ts'
import { type Invocation, raise, type Scheduler } from './scheduler.ts'

export type Message = {
  id: string
  body: string
  attributes: Readonly<Record<string, string>>
  group: string | undefined
  sentAt: number
  firstReceivedAt: number
  receives: number
  visibleAt: number
  deleted: boolean
}

/** The consumer of a batch: the function behind the queue. */
type Consumer = (invocation: Invocation, event: SQSEvent) => Promise<SQSBatchResponse>

type Options = {
  name: string
  rules: QueueRules
  scheduler: Scheduler
  consume: Consumer
  /** How often a message is delivered to two batches at the same time. */
  twice: () => boolean
  /** SQS does not guarantee an order within a batch. Returns the messages in the order in which Lambda sees them. */
  shuffled: <Each>(batch: readonly Each[]) => Each[]
}

/**
 * An SQS queue and the poller that Lambda runs for it: visibility, redelivery, partial batches, dead letters, and the
 * delivery of noisy groups after the others.
 */
export class Queue {
  readonly messages: Message[] = []
  readonly deadLetters: Message[] = []
  /** All dead letters so far, by body. */
  readonly setAside: string[] = []
  readonly #options: Options
  readonly #load = new GroupLoad()
  readonly #groups = new Set<string | undefined>()
  #waiting = new Set<Message>()
  #busy = 0
  #pollAt: number | undefined

  constructor(options: Options) {
    this.#options = options
  }

  send(
    body: string,
    {
      delaySeconds = 0,
      attributes = {},
      group,
    }: { delaySeconds?: number; attributes?: Readonly<Record<string, string>>; group?: string } = {},
  ): void {
    const { scheduler } = this.#options
    const message: Message = {
      id: `${this.#options.name}-${this.messages.length + 1}`,
      body,
      attributes,
      group,
      sentAt: scheduler.now,
      firstReceivedAt: 0,
      receives: 0,
      visibleAt: scheduler.now + delaySeconds * 1000,
      deleted: false,
    }
    this.messages.push(message)
    this.#groups.add(group)
    this.#show(message)
  }

  /** Redelivers a message, even a deleted or dead one: SQS may do so, and operators redrive dead letters. */
  deliverAgain(message: Message): void {
    const dead = this.deadLetters.indexOf(message)
    if (dead >= 0) this.deadLetters.splice(dead, 1)
    message.deleted = false
    message.receives = 0
    message.visibleAt = this.#options.scheduler.now
    this.#show(message)
  }

  /** An operator redrives the dead letters. */
  redrive(): void {
    for (const message of this.deadLetters.toReversed()) this.deliverAgain(message)
  }

  /** Messages that are not finished. */
  get left(): Message[] {
    return this.messages.filter((message) => !message.deleted && !this.deadLetters.includes(message))
  }

  mark(): () => void {
    const messages = this.messages.map((message) => ({ message, as: { ...message } }))
    const dead = [...this.deadLetters]
    const setAside = [...this.setAside]
    const waiting = [...this.#waiting]
    const busy = this.#busy
    const pollAt = this.#pollAt
    const load = this.#load.mark()
    return () => {
      load()
      for (const { message, as } of messages) Object.assign(message, as)
      restock(
        this.messages,
        messages.map(({ message }) => message),
      )
      restock(this.deadLetters, dead)
      restock(this.setAside, setAside)
      this.#waiting = new Set(waiting)
      this.#busy = busy
      this.#pollAt = pollAt
    }
  }

  #show(message: Message): void {
    this.#waiting.add(message)
    this.#pollBy(message.visibleAt + this.#options.rules.windowSeconds * 1000)
  }

  #pollBy(at: number): void {
    if (this.#pollAt !== undefined && this.#pollAt <= at) return
    this.#pollAt = at
    this.#options.scheduler.at(at, () => {
      if (this.#pollAt !== at) return
      this.#pollAt = undefined
      this.#poll()
    })
  }

  #poll(): void {
    const { rules, scheduler, twice, shuffled } = this.#options
    const { now } = scheduler
    while (this.#busy < rules.concurrency) {
      const batch: Message[] = []
      for (const message of this.#inOrder(now)) {
        if (message.visibleAt <= now) batch.push(message)
        if (batch.length === rules.batchSize) break
      }
      if (batch.length === 0) break
      for (const message of batch) this.#receive(message)
      const alive = shuffled(batch.filter((message) => !this.deadLetters.includes(message)))
      this.#work(alive)
      if (twice()) this.#work(alive)
    }
    const next = Math.min(...[...this.#waiting].map(({ visibleAt }) => visibleAt))
    if (next !== Infinity && this.#busy < rules.concurrency) this.#pollBy(Math.max(next, now + 1))
  }

  /** The waiting messages in the order of delivery. The groups of messages matter only if there are several. */
  #inOrder(now: number): Iterable<Message> {
    return this.#groups.size < 2
      ? this.#waiting
      : quietFirst([...this.#waiting], ({ group }) => group, this.#load.noisy(now))
  }

  #receive(message: Message): void {
    const { rules, scheduler } = this.#options
    this.#waiting.delete(message)
    if (message.receives >= rules.maximumReceives) {
      this.deadLetters.push(message)
      this.setAside.push(message.body)
      return
    }
    message.receives += 1
    this.#load.begin(`${message.id}/${message.receives}`, message.group, scheduler.now)
    if (message.receives === 1) message.firstReceivedAt = scheduler.now
    message.visibleAt = scheduler.now + rules.visibilitySeconds * 1000
  }

  #work(batch: readonly Message[]): void {
    if (batch.length === 0) return
    const { name, scheduler, consume, rules } = this.#options
    this.#busy += 1
    scheduler.invoke(
      name,
      async (invocation) => {
        const { batchItemFailures } = await consume(invocation, { Records: batch.map(recordOf) })
        const reported = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
        const done = batch.filter(({ id }) => !reported.has(id))
        if (done.length === 0) return
        await scheduler.gate(invocation, {
          label: 'DeleteMessageBatch',
          isAcknowledgement: true,
          faults: ['refused'],
          perform: () => {
            for (const message of done) {
              message.deleted = true
              this.#waiting.delete(message)
            }
          },
          onLost: raise('the deletion was not confirmed'),
          onRefused: raise('the deletion failed'),
          takes: 5,
        })
      },
      () => {
        this.#busy -= 1
        for (const message of batch) {
          this.#load.end(`${message.id}/${message.receives}`, scheduler.now)
          if (!message.deleted) this.#waiting.add(message)
        }
        const next = Math.min(...[...this.#waiting].map(({ visibleAt }) => visibleAt))
        if (next !== Infinity) this.#pollBy(Math.max(next + rules.windowSeconds * 1000, scheduler.now + 1))
      },
    )
  }
}

function recordOf({ id, body, attributes, sentAt, firstReceivedAt, receives }: Message): SQSRecord {
  return {
    messageId: id,
    receiptHandle: `${id}/${receives}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(sentAt),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue, dataType: 'String' as const }]),
    ),
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
    awsRegion: 'us-east-1',
  }
}
