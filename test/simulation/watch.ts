import type { Item } from '../fakes/dynamodb/values.ts'
import type { Change } from '../fakes/dynamodb/stream.ts'
import type { Flow } from '../../lib/profile/flow-control/flow.ts'
import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import type { Result } from '../../lib/profile/request/result.ts'
import type { DeviceStatus } from '../../lib/profile/request/states.ts'
import type { Submission } from '../../lib/profile/request/submission.ts'
import type { ActionName } from '../../lib/profile/order/action-names.ts'
import { actions } from '../../lib/profile/order/actions.ts'
import { checkCancellation, checkDecision, checkResume } from './audit-rules.ts'
import type { Named } from './cards.ts'
import { checkExpired } from './expiry-rules.ts'
import { FlowRules, type FlowRulesOptions } from './limits/flow-rules.ts'
import { fitOf, positionIn } from './meant.ts'
import { type Order, orderMark, subjectAt } from './orders.ts'
import { rank, resultChanged } from './result-rules.ts'
import { scanForSecrets } from './secret-scan.ts'
import type { Invocation } from './scheduler.ts'
import { checkDue, checkHistory, checkHonesty, checkTimes, type Surroundings } from './submission-rules.ts'
import { Summaries } from './summaries.ts'
import type { Acceptance } from './thing-space.ts'
import { Violation } from './violation.ts'

const statuses: readonly DeviceStatus[] = ['pending', 'warning', 'succeeded', 'failed', 'expired', 'cancelled']
export const statusOfByte = (byte: number): DeviceStatus => statuses[byte & 0x3f] ?? 'pending'

const mostRepeats = 40

/** A text attribute of an item, or an empty text if it is not a text. */
export function textIn(item: Item | undefined, name: string): string {
  const value = item?.[name]
  return typeof value === 'string' ? value : ''
}
export const keyText = (item: Item): string => `${textIn(item, 'pk')} ${textIn(item, 'sk')}`
export const orderOf = ({ fields }: { fields: Readonly<Record<string, unknown>> | string }): string =>
  orderMark(typeof fields === 'string' ? (JSON.parse(fields) as Record<string, unknown>) : fields)
const numberIn = (item: Item | undefined, name: string): number | undefined => {
  const value = item?.[name]
  return typeof value === 'number' ? value : undefined
}

export type WatchOptions = Surroundings & {
  orders: readonly Order[]
  acceptances: readonly Acceptance[]
  flow: Omit<FlowRulesOptions, 'now'>
  /** How long a stored result may wait for a summary that contains it. */
  summaryWithin: () => number
}

/** How long after storing a result every process must know it, including retries of the stream. */
const knownWithin = 600_000

/** Checks every change of the table and every acceptance at once. Throws the first violation. */
export class Watch {
  /** The current content of the table. */
  items = new Map<string, Item>()
  /** Keys of results, by upstream request id. */
  results = new Map<string, Set<string>>()
  requestIds = new Map<string, string>()
  /** Explicit decisions to retry, by order. */
  decisions = new Map<string, number>()
  readonly acceptances: readonly Acceptance[]
  readonly #options: WatchOptions
  /** How often work messages of a submission were counted as dead letters, by its key. */
  deadLetters = new Map<string, number>()
  #byDevice = new Map<string, number>()
  #requestKeys = new Map<string, string>()
  #ownerKeys = new Map<string, string>()
  /** When results were first stored, and upstream links and manifest parts last, by key. */
  storedAt = new Map<string, number>()
  /** Since when the acceptances of an order count, because an Idempotency-Key may be used again after the expiry. */
  #begun = new Map<string, number>()
  /** The last decision to retry, and whether it was made despite callbacks. */
  #lastDecision = new Map<string, { at: number; despite: boolean }>()
  readonly #summaries: Summaries
  /** The limits of calls. */
  readonly flow: FlowRules

  constructor(options: WatchOptions) {
    this.#options = options
    this.flow = new FlowRules({ ...options.flow, now: options.now })
    this.acceptances = options.acceptances
    this.#summaries = new Summaries(options.now, options.summaryWithin)
  }

  placed(mark: string): Order {
    const order = this.#options.orders.find((each) => each.mark === mark)
    if (order === undefined) throw new Error(`there is no order ${mark}`)
    return order
  }

  /** Ends the life of an order whose request has expired. Returns whether it has. */
  endLife(mark: string): boolean {
    const requestId = this.requestIds.get(mark)
    const request = requestId === undefined ? undefined : this.requestItem(requestId)
    if (requestId === undefined || (request !== undefined && !this.isPast(request))) return false
    this.requestIds.delete(mark)
    this.decisions.delete(mark)
    this.#lastDecision.delete(mark)
    for (const key of this.#byDevice.keys()) if (key.startsWith(`${mark} `)) this.#byDevice.delete(key)
    this.#begun.set(mark, this.#options.now())
    this.#summaries.forget(requestId)
    return true
  }

  /** Since when a request id belongs to its current request. */
  begunAt(requestId: string): number {
    const request = this.request(requestId)
    return request === undefined ? 0 : (this.#begun.get(orderOf(request)) ?? 0)
  }

  /** Past its time to live: DynamoDB may delete it at any time. */
  isPast(item: Item): boolean {
    const until = numberIn(item, 'expiresAt')
    return until !== undefined && until * 1000 <= this.#options.now()
  }

  decided(mark: string): void {
    this.decisions.set(mark, (this.decisions.get(mark) ?? 0) + 1)
    this.#lastDecision.set(mark, { at: this.#options.now(), despite: false })
  }

  decidedDespite(mark: string): void {
    this.#lastDecision.set(mark, { at: this.#options.now(), despite: true })
  }

  /** The stored submission of an upstream request id. */
  upstreamLink(upstreamRequestId: string): Item | undefined {
    return this.items.get(this.#ownerKeys.get(upstreamRequestId) ?? '')
  }

  /** All identifiers in the stored results of an upstream request id, and when each was first known. */
  namedBy(upstreamRequestId: string, accountName: string): { named: Named[]; since: number } {
    const named: Named[] = []
    let since = Infinity
    for (const key of this.results.get(upstreamRequestId) ?? []) {
      const item = this.items.get(key) as Result | undefined
      if (item === undefined || item.accountName !== accountName) continue
      named.push(...item.identifiers)
      since = Math.min(since, this.storedAt.get(key) ?? Infinity)
    }
    return { named, since }
  }

  mark(): () => void {
    const items = [...this.items]
    const results = [...this.results].map(([id, keys]) => [id, [...keys]] as const)
    const requestIds = [...this.requestIds]
    const decisions = [...this.decisions]
    const deadLetters = [...this.deadLetters]
    const byDevice = [...this.#byDevice]
    const requestKeys = [...this.#requestKeys]
    const ownerKeys = [...this.#ownerKeys]
    const storedAt = [...this.storedAt]
    const begun = [...this.#begun]
    const lastDecision = [...this.#lastDecision]
    const summaries = this.#summaries.mark()
    const flow = this.flow.mark()
    return () => {
      this.items = new Map(items)
      this.#requestKeys = new Map(requestKeys)
      this.#ownerKeys = new Map(ownerKeys)
      this.storedAt = new Map(storedAt)
      this.#begun = new Map(begun)
      this.#lastDecision = new Map(lastDecision)
      summaries()
      flow()
      this.results = new Map(results.map(([id, keys]) => [id, new Set(keys)] as const))
      this.requestIds = new Map(requestIds)
      this.decisions = new Map(decisions)
      this.deadLetters = new Map(deadLetters)
      this.#byDevice = new Map(byDevice)
    }
  }

  get now(): number {
    return this.#options.now()
  }

  requestItem(requestId: string): Item | undefined {
    return this.items.get(this.#requestKeys.get(requestId) ?? '')
  }

  request(requestId: string): ProfileRequest | undefined {
    return this.requestItem(requestId) as ProfileRequest | undefined
  }

  /** The submissions of a request, limited to its own generation if requests have generations. */
  submissions(requestId: string): Submission[] {
    const generation = this.requestItem(requestId)?.['generation']
    const found: Submission[] = []
    for (const item of this.items.values()) {
      if (item['entity'] !== 'submission' || item['requestId'] !== requestId) continue
      if (generation !== undefined && item['generation'] !== undefined && item['generation'] !== generation) continue
      found.push(item as Submission)
    }
    return found.toSorted((a, b) => a.firstDevice - b.firstDevice)
  }

  /** I2, checked when ThingSpace accepts. The POST must contain exactly the ordered devices. */
  accepted(acceptance: Acceptance): void {
    const { order: mark, devices, subjects, action } = acceptance
    const order = this.placed(mark)
    if (devices.length === 0) throw new Violation('I12 whole', `${action} of ${mark} was sent without devices`)
    const repeatable = actions[action as ActionName].repeatable
    subjects.forEach(({ card }, index) => {
      const position = card - order.spec.firstDevice
      const names = devices[index]!.map(({ kind }) => kind).join(' ')
      if (position < 0 || position >= order.spec.devices || names !== order.kinds.join(' '))
        throw new Violation('I12 whole', `${action} of ${mark} was sent for card ${card} (${names})`)
      const key = `${mark} ${card}`
      const times = (this.#byDevice.get(key) ?? 0) + 1
      this.#byDevice.set(key, times)
      const allowed = repeatable ? mostRepeats : 1 + (this.decisions.get(mark) ?? 0)
      if (times > allowed) throw new Violation('I2 at most once', `${action} ran ${times} times for ${key}`)
      if (!repeatable && times > 1) this.#notCalledBack(acceptance, order, position)
    })
  }

  /** A decision to retry does not send a submission that has a callback, unless it says so. */
  #notCalledBack({ upstreamRequestId: id, order: mark }: Acceptance, order: Order, position: number): void {
    const decision = this.#lastDecision.get(mark)
    if (decision === undefined || decision.despite) return
    const { card } = subjectAt(order, position)
    for (const earlier of this.acceptances) {
      if (earlier.order !== mark || earlier.upstreamRequestId === id || !this.#counts(earlier)) continue
      if (!earlier.subjects.some((subject) => subject.card === card)) continue
      const { named, since } = this.namedBy(earlier.upstreamRequestId, order.accountName)
      if (since + knownWithin > decision.at || fitOf(named, order, position) !== 'yes') continue
      throw new Violation(
        'I2 at most once',
        `card ${card} of ${mark} was sent again although ${earlier.upstreamRequestId} had called back about it`,
      )
    }
  }

  /** Whether an acceptance belongs to the current life of its order. */
  #counts({ order, at }: Acceptance): boolean {
    return at >= (this.#begun.get(order) ?? 0)
  }

  changed({ keys, oldImage, newImage, expired }: Change, by?: Invocation): void {
    const key = keyText(keys)
    if (newImage === undefined) {
      if (oldImage?.['entity'] === 'request') this.#requestKeys.delete(textIn(oldImage, 'requestId'))
      if (!expired && oldImage?.['entity'] !== 'orphan') throw new Violation('I1 durability', `${key} was deleted`)
      this.items.delete(key)
      if (oldImage !== undefined) checkExpired(this, oldImage, key)
      return
    }
    this.items.set(key, newImage)
    if (!key.startsWith('SESSION#')) {
      for (const name in newImage) if (newImage[name] !== oldImage?.[name]) scanForSecrets(newImage[name], key)
    }
    switch (newImage['entity']) {
      case 'request':
        return this.#request(oldImage as ProfileRequest | undefined, newImage as ProfileRequest)
      case 'submission':
        return this.#submission(oldImage as Submission | undefined, newImage as Submission & { dueBucket?: string })
      case 'flow':
        if (this.flow.stored(oldImage as Flow | undefined, newImage as Flow & Item, by) === 'resumed')
          checkResume(this.items)
        return
      case 'result':
        this.#noteResult(textIn(newImage, 'upstreamRequestId'), key)
        this.#summaryWanted(textIn(newImage, 'upstreamRequestId'), [key])
        return resultChanged(oldImage as Result | undefined, newImage as Result & { digests: Set<string> })
      case 'owner':
        this.storedAt.set(key, this.#options.now())
        return this.#upstreamLink(oldImage, newImage)
      case 'part':
        this.storedAt.set(key, this.#options.now())
        return
      default:
    }
  }

  #request(before: ProfileRequest | undefined, after: ProfileRequest): void {
    const name = `request ${after.requestId}`
    this.#requestKeys.set(after.requestId, keyText(after as ProfileRequest & Item))
    if (before === undefined) {
      const order = orderOf(after)
      if (this.requestIds.has(order)) throw new Violation('I6 idempotent', `order ${order} was recorded twice`)
      this.requestIds.set(order, after.requestId)
      return
    }
    if (before.generation !== after.generation) {
      const { expiresAt } = before as ProfileRequest & Item
      if (Number(expiresAt) * 1000 > this.#options.now())
        throw new Violation('I1 durability', `${name} was overwritten before its expiry`)
      return this.#request(undefined, after)
    }
    checkCancellation(this.items, before, after)
    this.#summaries.written(after.requestId, (position) => {
      const status = statusOfByte(after.summary.deviceStates[position] ?? 0)
      return status !== 'pending' && status !== 'warning'
    })
    if (after.version < before.version)
      throw new Violation('I5 monotone', `${name} went back to version ${after.version}`)
    if (before.cancelledAt !== undefined && after.cancelledAt === undefined) {
      throw new Violation('I5 monotone', `${name} is no longer cancelled`)
    }
    const decided = (this.decisions.get(orderOf(after)) ?? 0) > 0
    after.summary.deviceStates.forEach((byte, position) => {
      const was = statusOfByte(before.summary.deviceStates[position] ?? 0)
      const is = statusOfByte(byte)
      if (was === is || was === 'pending' || was === 'warning') return
      if (was === 'expired' && (is === 'succeeded' || is === 'failed')) return
      if ((was === 'failed' || was === 'expired') && decided) return
      throw new Violation('I5 monotone', `device ${position} of ${name} went from ${was} to ${is}`)
    })
  }

  #submission(before: Submission | undefined, after: Submission & { dueBucket?: string }): void {
    const { requestId, submission, firstDevice, deviceCount } = after
    const name = `submission ${requestId}/${submission}`
    if (before !== undefined) {
      checkHistory(name, before, after)
      checkTimes(name, before, after, this.request(requestId)?.cancelledAt, this.#options)
      this.flow.submission(name, before, after)
    }
    const counted = (after.deadLetters ?? 0) - (before?.deadLetters ?? 0)
    if (counted > 0) this.deadLetters.set(name, (this.deadLetters.get(name) ?? 0) + counted)
    checkDecision(this.items, before, after)
    checkDue(name, after)
    checkHonesty(name, after, this.acceptancesOf(requestId, firstDevice, deviceCount))
  }

  /** What ThingSpace accepted for a range of a request's devices. */
  acceptancesOf(requestId: string, firstDevice: number, deviceCount: number): Acceptance[] {
    const request = this.request(requestId)
    if (request === undefined) return []
    const mark = orderOf(request)
    const first = this.placed(mark).spec.firstDevice
    return this.acceptances.filter(
      (acceptance) =>
        acceptance.order === mark &&
        this.#counts(acceptance) &&
        acceptance.subjects.some(({ card }) => card - first >= firstDevice && card - first < firstDevice + deviceCount),
    )
  }

  /** A stored final result with an upstream link must soon be in the summary of its request. */
  #summaryWanted(upstreamRequestId: string, keys: Iterable<string>): void {
    const requestId = textIn(this.upstreamLink(upstreamRequestId), 'requestId')
    const request = this.request(requestId)
    if (request === undefined) return
    const order = this.placed(orderOf(request))
    for (const key of keys) {
      const result = this.items.get(key) as Result | undefined
      if (result === undefined || result.accountName !== order.accountName || rank[result.verdict] < 3) continue
      const position = positionIn(result.identifiers, order)
      if (position === undefined) continue
      const status = statusOfByte(request.summary.deviceStates[position] ?? 0)
      if (status === 'pending' || status === 'warning') this.#summaries.want(requestId, position)
    }
  }

  #noteResult(upstreamRequestId: string, key: string): void {
    const keys = this.results.get(upstreamRequestId)
    if (keys?.has(key) !== true) this.storedAt.set(key, this.#options.now())
    if (keys === undefined) this.results.set(upstreamRequestId, new Set([key]))
    else keys.add(key)
  }

  #upstreamLink(before: Item | undefined, after: Item): void {
    const id = textIn(after, 'upstreamRequestId')
    this.#ownerKeys.set(id, keyText(after))
    this.#summaryWanted(id, this.results.get(id) ?? [])
    if (
      before !== undefined &&
      (before['requestId'] !== after['requestId'] || before['submission'] !== after['submission'])
    ) {
      throw new Violation('I7 visibility', `the upstream link of ${id} changed its submission`)
    }
    const request = this.request(textIn(after, 'requestId'))
    const acceptance = this.acceptances.find(({ upstreamRequestId }) => upstreamRequestId === id)
    if (request === undefined || acceptance === undefined || acceptance.order !== orderOf(request)) {
      throw new Violation('I7 visibility', `${id} belongs to a request that is not its own`)
    }
  }
}
