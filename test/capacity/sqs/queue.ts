import { figures } from '../figures.ts'
import { Heap } from '../heap.ts'
import { isNoisy, ProcessingTime, type Tenant } from './tenants.ts'

export type Message<Body> = {
  body: Body
  group: string | undefined
  sentAt: number
  /** How often it has been received. */
  receives: number
  receivedAt: number
  visibleAt: number
  isDeleted: boolean
}

export type QueueOptions = {
  visibilitySeconds: number
  /** Receives after which a message goes to the dead letters. */
  maximumReceives?: number
  inFlight?: number
}

/** A standard queue: delays, visibility, redelivery, the limit of messages in flight, and fair delivery. */
export class SqsQueue<Body> {
  readonly deadLetters: Message<Body>[] = []
  readonly #options: Required<QueueOptions>
  readonly #tenants = new Map<string | undefined, Tenant<Message<Body>>>()
  readonly #hidden = new Heap<Message<Body>>()
  readonly #processing = new ProcessingTime()
  #inFlight = 0
  #waiting = 0

  constructor({ visibilitySeconds, maximumReceives = Infinity, inFlight = figures.queueInFlight.value }: QueueOptions) {
    this.#options = { visibilitySeconds, maximumReceives, inFlight }
  }

  /** Messages that are received and not deleted. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Visible messages. */
  waiting(now: number): number {
    this.#show(now)
    return this.#waiting
  }

  /** When the next hidden message becomes visible. Infinity if there is none. */
  get nextVisibleAt(): number {
    return this.#hidden.first
  }

  send({
    body,
    group,
    delaySeconds = 0,
    now,
  }: {
    body: Body
    group?: string | undefined
    delaySeconds?: number
    now: number
  }): void {
    if (delaySeconds > figures.queueDelaySeconds.value) throw new Error(`SQS refuses a delay of ${delaySeconds} s`)
    const visibleAt = now + delaySeconds * 1000
    const message = { body, group, sentAt: now, receives: 0, receivedAt: 0, visibleAt, isDeleted: false }
    this.#tenantOf(message).lastSentAt = now
    if (delaySeconds > 0) this.#hidden.put(visibleAt, message)
    else this.#put(message)
  }

  /** Up to `most` visible messages. None if too many are in flight. */
  receive(most: number, now: number): Message<Body>[] {
    this.#show(now)
    const batch: Message<Body>[] = []
    while (batch.length < most && this.#inFlight < this.#options.inFlight) {
      const message = this.#next(now)
      if (message === undefined) break
      if (message.receives >= this.#options.maximumReceives) {
        message.isDeleted = true
        this.deadLetters.push(message)
        continue
      }
      message.receives += 1
      message.receivedAt = now
      message.visibleAt = now + this.#options.visibilitySeconds * 1000
      this.#inFlight += 1
      this.#tenantOf(message).inFlight += 1
      this.#hidden.put(message.visibleAt, message)
      batch.push(message)
    }
    return batch
  }

  /** The consumer has finished a message. */
  delete(message: Message<Body>, now: number): void {
    if (message.isDeleted) return
    message.isDeleted = true
    if (message.visibleAt > now) this.#land(message, now)
  }

  /** Ends the flight of a message and counts the time that its consumer took. */
  #land(message: Message<Body>, now: number): void {
    const tenant = this.#tenantOf(message)
    this.#inFlight -= 1
    tenant.inFlight -= 1
    this.#processing.add(tenant, now - message.receivedAt)
  }

  #show(now: number): void {
    while (this.#hidden.first <= now) {
      const message = this.#hidden.take()!
      if (message.isDeleted) continue
      // A message that is received again after a time-out has a later entry.
      if (message.visibleAt > now) continue
      if (message.receives > 0) this.#land(message, message.visibleAt)
      this.#put(message)
    }
  }

  #put(message: Message<Body>): void {
    this.#tenantOf(message).waiting.push(message)
    this.#waiting += 1
  }

  /** The oldest message of a quiet tenant. If there is none, one of the noisy tenant with the fewest in flight. */
  #next(now: number): Message<Body> | undefined {
    if (this.#waiting === 0) return undefined
    this.#processing.fade(this.#tenants.values(), now)
    const all = { allInFlight: this.#inFlight, allWorked: this.#processing.total, now }
    let quiet: Tenant<Message<Body>> | undefined
    let noisy: Tenant<Message<Body>> | undefined
    for (const tenant of this.#tenants.values()) {
      if (tenant.head >= tenant.waiting.length) continue
      if (isNoisy(tenant, all)) {
        if (noisy === undefined || tenant.inFlight < noisy.inFlight) noisy = tenant
      } else if (quiet === undefined || firstOf(tenant).visibleAt < firstOf(quiet).visibleAt) quiet = tenant
    }
    const tenant = quiet ?? noisy
    if (tenant === undefined) return undefined
    const message = firstOf(tenant)
    tenant.head += 1
    if (tenant.head > 1000 && tenant.head * 2 > tenant.waiting.length) {
      tenant.waiting = tenant.waiting.slice(tenant.head)
      tenant.head = 0
    }
    this.#waiting -= 1
    return message
  }

  #tenantOf({ group }: Pick<Message<Body>, 'group'>): Tenant<Message<Body>> {
    const known = this.#tenants.get(group)
    if (known !== undefined) return known
    const tenant = { group, waiting: [], head: 0, inFlight: 0, worked: 0, lastSentAt: 0 }
    this.#tenants.set(group, tenant)
    return tenant
  }
}

const firstOf = <Body>({ waiting, head }: Tenant<Message<Body>>): Message<Body> => waiting[head]!
