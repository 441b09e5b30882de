import type { PublishedEvent } from '../../lib/profile/request/event-types.ts'
import { auditStore } from '../../lib/store/audit/audit-entries.ts'
import { flowStore } from '../../lib/store/credentials/flows.ts'
import { createStore } from '../../lib/store/store.ts'
import type { Table } from '../../lib/store/table/table.ts'
import { account } from '../builders.ts'
import { createFakeDynamoDb, type FakeDynamoDb } from '../fakes/dynamodb/fake.ts'
import { restock } from '../fakes/dynamodb/refill.ts'
import type { Lane } from '../../lib/profile/request/submission.ts'
import { callbackBody, type Say } from './callback-bodies.ts'
import { Callers } from './callers.ts'
import type { Kind, Named, Subject } from './cards.ts'
import { callbacksRules, submissionsRules, table, tableName, timeLimitOf } from './deployment.ts'
import { type Equipment, Environments } from './functions.ts'
import { gatedTable, type Weather } from './gated-table.ts'
import { TableWeather } from './limits/table-weather.ts'
import { Listener, type Memory } from './listener.ts'
import { type Design, equipFor } from './naive.ts'
import { type Order, orderOf } from './orders.ts'
import { sendPointers, topicOf } from './outgoing.ts'
import type { FaultKind, Plan } from './plan.ts'
import { Queue } from './queue.ts'
import { seeded, type Seeded } from './random.ts'
import { type Scenario, settling } from './scenario.ts'
import { type Invocation, Scheduler, type Step } from './scheduler.ts'
import { StreamSource } from './stream.ts'
import { strangersCall } from './strangers.ts'
import { Sweeper } from './sweeper.ts'
import { type Acceptance, FakeThingSpace } from './thing-space.ts'
import { Deletions } from './time-to-live.ts'
import { TransactionConflicts } from './transaction-conflicts.ts'
import { type Version, versionAt } from './versions.ts'
import { Violation } from './violation.ts'
import { scanForSecrets } from './secret-scan.ts'
import { keyText, Watch } from './watch.ts'

const beginning = 1_790_000_000_000
const usualSteps = 30_000

/** A callback that the endpoint answered with 2xx. */
export type Taken = Subject & {
  upstreamRequestId: string
  accountName: string
  say: Say
  at: number
  named: readonly Named[]
  /** Equal for messages with the same content. */
  key: string
}

/** A message that is posted to our callback address. */
export type Posted = {
  action: string
  accountName: string
  upstreamRequestId: string
  subject: Subject
  say: Say
  kinds?: readonly Kind[] | undefined
  odd?: boolean | undefined
}

export type WorldOptions = {
  scenario: Scenario
  seed: number
  plan: Plan
  design?: Design
  maximumSteps?: number
  onStep?: (step: Step) => void
}

/** Every store over one table, as the functions create them. */
const storesOver = (over: Table) => ({
  ...createStore(over),
  ...flowStore(over),
  ...auditStore(over, { retainSeconds: 400 * 86_400 }),
})

/** The deployed gateway with its surroundings, in one thread and in virtual time. */
export class World {
  readonly scenario: Scenario
  readonly orders: readonly Order[]
  readonly random: Seeded
  readonly scheduler: Scheduler
  readonly dynamoDb: FakeDynamoDb
  readonly watch: Watch
  readonly thingSpace: FakeThingSpace
  readonly environments: Environments
  readonly listener: Listener
  /** The queues of work messages by lane. */
  readonly submissions: Readonly<Record<Lane, Queue>>
  readonly callbacks: Queue
  readonly stream: StreamSource
  readonly sweeper: Sweeper
  readonly deletions: Deletions
  readonly callers: Callers
  readonly taken: Taken[] = []
  readonly events: PublishedEvent[] = []
  /** The effects that a fault has hit so far. */
  readonly struck: { label: string; fault: FaultKind }[] = []
  /** The key ranges of the table, if they are limited. */
  readonly tableWeather: TableWeather | undefined
  readonly #conflicts: TransactionConflicts | undefined
  #ids = 0
  #changes = 0
  #takenOf = new Map<string, readonly Taken[]>()
  #writes = { second: 0, count: 0 }

  constructor({ scenario, seed, plan, onStep, design = 'gateway', maximumSteps = usualSteps }: WorldOptions) {
    this.scenario = scenario
    this.orders = scenario.requests.map(orderOf)
    this.random = seeded(seed)
    const { random } = this
    this.scheduler = new Scheduler({
      startAt: beginning,
      random,
      plan,
      maximumSteps,
      isParallel: scenario.parallel === true,
      afterEffect: ({ invocation }) => this.#afterEffect(invocation),
      ...(scenario.untimed === true ? {} : { limitOf: timeLimitOf }),
      overran: ({ name }) => {
        throw new Violation('I17 budgets', `${name} exceeded its time limit`)
      },
      onStep: (step) => {
        if (step.fault !== undefined) this.struck.push({ label: step.effect.label, fault: step.fault })
        onStep?.(step)
      },
    })
    const { scheduler } = this
    this.#conflicts =
      scenario.conflicts === undefined
        ? undefined
        : new TransactionConflicts(scenario.conflicts, random, () => scheduler.now)
    this.dynamoDb = createFakeDynamoDb({
      tables: [table],
      now: () => scheduler.now,
      removeUndefinedValues: true,
      indexLagMs: scenario.lag ?? 0,
      readLagMs: scenario.lag ?? 0,
    })
    const accepted: Acceptance[] = []
    this.watch = new Watch({
      orders: this.orders,
      summaryWithin: () => this.#summaryWithin(),
      acceptances: accepted,
      now: () => scheduler.now,
      leaseMilliseconds:
        Math.min(scenario.settings.leaseSeconds, scenario.rollout?.settings.leaseSeconds ?? Infinity) * 1000,
      clocksAgree: scenario.skew === undefined,
      nobodyFreezes: () => ![...scheduler.plan.values()].includes('frozen'),
      flow: {
        most: scenario.settings.postsAtOnce,
        callsPerMinute: scenario.settings.callsPerMinute,
        slotMilliseconds: Math.max(scenario.settings.leaseSeconds, scenario.rollout?.settings.leaseSeconds ?? 0) * 1000,
        isCalm: this.#isPunctual,
        faults: () => [...scheduler.plan.values()],
      },
    })
    this.tableWeather =
      scenario.capacity &&
      new TableWeather(
        () => scheduler.now,
        (key) => this.watch.items.get(keyText(key)),
      )
    this.thingSpace = new FakeThingSpace({
      scheduler,
      accepted,
      rules: {
        refused: new Set(scenario.refused ?? []),
        refusedFrom: beginning + (scenario.refusedFromSeconds ?? 0) * 1000,
        busyFrom: beginning + (scenario.busyFromSeconds ?? 0) * 1000,
        busyUntil: beginning + (scenario.busySeconds ?? 0) * 1000,
        tellings: ({ order }, { card }) => scenario.tellings(random, card, this.watch.placed(order).index),
        profileOf: (order) => scenario.requests[order]?.profile ?? 0,
        lost: scenario.lost ?? [],
        trouble: () =>
          scenario.troubles?.find(
            ({ fromSeconds, untilSeconds }) => this.seconds >= fromSeconds && this.seconds < untilSeconds,
          ),
        takesAtOnce: scenario.takesAtOnce ?? Infinity,
        statusHangs: () => this.#hangs('status'),
      },
      callBack: (acceptance, subject, { profile = subject.profile, ...telling }) =>
        this.callBack({ ...acceptance, ...telling, subject: { card: subject.card, profile } }),
      whenAccepted: (acceptance) => scheduler.guard(() => this.watch.accepted(acceptance)),
      flow: this.watch.flow,
    })
    this.listener = new Listener(scheduler, random, scenario.listener)
    this.environments = new Environments({
      equip: (current, version, memory, flows) => equipFor(design, { ...this.#equip(current, version, memory), flows }),
      versionNow: () => scenario.rollout && versionAt(scenario.rollout, this.seconds, random.chance),
      remember: scenario.listener !== undefined,
    })
    const twice = (): boolean => scenario.twice !== undefined && random.chance(scenario.twice)
    const laneOf = (lane: Lane): Queue =>
      new Queue({
        name: 'retry-submission',
        rules: submissionsRules[lane],
        scheduler,
        twice,
        shuffled: random.shuffled,
        consume: (invocation, event) => this.environments.call('retry', invocation, event),
      })
    this.submissions = { single: laneOf('single'), bulk: laneOf('bulk') }
    this.callbacks = new Queue({
      name: 'record-callbacks',
      rules: callbacksRules,
      scheduler,
      twice,
      shuffled: random.shuffled,
      consume: (invocation, event) => this.environments.call('record', invocation, event),
    })
    this.sweeper = new Sweeper({
      scheduler,
      environments: this.environments,
      twice,
      lateBy: () => this.#lateBy(),
    })
    this.deletions = new Deletions(this.dynamoDb, scheduler, random, () => this.#afterEffect())
    this.stream = new StreamSource({
      stream: this.dynamoDb.stream,
      scheduler,
      consume: (invocation, batch) =>
        this.environments.call(scenario.marshalled === true ? 'project' : 'project-plainly', invocation, batch),
      whenIdle: () => undefined,
    })
    this.callers = new Callers(this)
  }

  /** The callbacks that the endpoint accepted for one upstream request id. */
  takenOf(upstreamRequestId: string): readonly Taken[] {
    return this.#takenOf.get(upstreamRequestId) ?? []
  }

  /** Every queue. */
  get queues(): Queue[] {
    return [...Object.values(this.submissions), this.callbacks]
  }

  /** Runs until nothing is left to do. */
  async run(): Promise<void> {
    this.begin()
    await this.goOn()
  }

  /** Starts everything that happens on its own. */
  begin(): void {
    this.callers.begin()
    strangersCall(this)
    this.#keepListener()
    const { redriveSeconds } = this.scenario
    if (redriveSeconds !== undefined) {
      this.scheduler.after(redriveSeconds * 1000, () => {
        for (const lane of Object.values(this.submissions)) lane.redrive()
      })
    }
  }

  /** Saves a rest: nothing is in flight. The returned function restores it, as often as it is called. */
  mark(): () => void {
    const { random, scheduler, dynamoDb, watch, thingSpace, environments, queues, stream } = this
    // Environments that are created again may use the random generator, so it is restored after them.
    const parts = [environments, random, scheduler, dynamoDb, watch, thingSpace, ...queues, stream]
    const conflicts = this.#conflicts === undefined ? [] : [this.#conflicts]
    const backs = [...parts, this.sweeper, this.callers, this.listener, ...conflicts].map((part) => part.mark())
    const taken = [...this.taken]
    const takenOf = [...this.#takenOf]
    const events = [...this.events]
    const struck = [...this.struck]
    const ids = this.#ids
    const changes = this.#changes
    const writes = { ...this.#writes }
    return () => {
      for (const back of backs) back()
      restock(this.taken, taken)
      this.#takenOf = new Map(takenOf)
      restock(this.events, events)
      restock(this.struck, struck)
      this.#ids = ids
      this.#changes = changes
      this.#writes = { ...writes }
    }
  }

  /** Continues from the current state. */
  async goOn(): Promise<void> {
    await this.scheduler.run()
    while (this.callers.afterwards()) await this.scheduler.run()
  }

  /** A callback at the endpoint: API Gateway puts it into the queue and answers 2xx. */
  callBack({ action, accountName, upstreamRequestId, subject, say, kinds, odd }: Posted): void {
    const password = this.listener.passwordFor(accountName, action)
    const spelling = odd === true ? this.random : undefined
    const count = 1 + this.random.below(3)
    const { text, named } = callbackBody({ action, subject, say, upstreamRequestId, count, password, kinds, spelling })
    this.callbacks.send(text, { attributes: { accountName, sourceIp: '203.0.113.1' } })
    const key = `${accountName} ${say} ${JSON.stringify(named)}`
    const taken = { ...subject, upstreamRequestId, accountName, say, at: this.scheduler.now, named, key }
    this.taken.push(taken)
    this.#takenOf.set(upstreamRequestId, [...this.takenOf(upstreamRequestId), taken])
  }

  /** Whether transactions can conflict in this world. */
  get isConflicting(): boolean {
    return this.scenario.conflicts !== undefined
  }

  #keepListener(): void {
    this.listener.begin(account, () =>
      this.scheduler.invoke(
        'keep-listener',
        (invocation) => this.environments.call('keep', invocation, {} as never),
        () => undefined,
      ),
    )
  }

  #equip(current: () => Invocation, version: Version | undefined, memory: Memory): Omit<Equipment, 'flows'> {
    const { scheduler, random, scenario } = this
    const { slowQueries } = scenario
    const skew = scenario.skew === undefined ? 0 : random.between(-scenario.skew, scenario.skew)
    const clock = (): number => scheduler.now + skew
    const timed = { clock, sleep: (milliseconds: number) => scheduler.sleep(current(), milliseconds) }
    const note = (_message: string, fields?: object): void =>
      scheduler.guard(() => scanForSecrets(fields, 'a log line'))
    return {
      store: storesOver({
        client: gatedTable(
          this.dynamoDb,
          scheduler,
          current,
          {
            isRefused: (effect) => this.#isRefused(effect, current().name),
            hangs: () => this.#hangs('table'),
            queryTakes:
              slowQueries === undefined ? undefined : (by) => (by === 'sweep-due' ? random.below(slowQueries) : 0),
            conflicts: this.#conflicts,
            isThrottled: () => random.chance(0.5),
            // A version that was taken back does not find what the newer one wrote into the other shards.
            hasFourBuckets: version === 'old' && scenario.rollout?.backFromSeconds === undefined,
          },
          version,
        ),
        tableName,
        retainSeconds: 35 * 86_400,
        ...timed,
        random: random.next,
      }),
      thingSpace: this.thingSpace.portOf(current),
      requestStatus: this.thingSpace.statusOf(current),
      queue: { send: (messages) => sendPointers(this, current, messages, version) },
      topic: topicOf(this, current),
      clock,
      random: random.next,
      newId: () => this.newId(),
      sleep: timed.sleep,
      settings: version === 'new' ? { ...scenario.settings, ...scenario.rollout?.settings } : scenario.settings,
      log: { info: note, warn: note, error: note },
      readSecret: this.listener.readerFor(current, clock, memory),
      listener: {
        accounts: [account],
        port: this.listener.portFor(current),
        saveSecret: this.listener.saverFor(current),
        newPassword: this.listener.newPassword,
        everyDays: this.listener.everyDays,
      },
    }
  }

  /** How long a peer that does not answer keeps its callers waiting at this time. */
  #hangs(peer: 'status' | 'table'): number | undefined {
    const { hangs } = this.scenario
    if (hangs?.peer !== peer || this.seconds < hangs.from || this.seconds >= hangs.to) return undefined
    return hangs.milliseconds
  }

  /** Worlds in which nothing outside the gateway delays it. */
  get #isPunctual(): boolean {
    const { outage, failing, skew, lag, rollout, writesPerSecond, capacity, hangs } = this.scenario
    return (
      [outage, failing, skew, lag, rollout, writesPerSecond, capacity].every((each) => each === undefined) &&
      hangs?.peer !== 'table'
    )
  }

  /** The longest delay: one sweep, and for each fault the delay of a suspended process or a postponed item. */
  #lateBy(): number {
    return this.#isPunctual ? (300 + this.scheduler.plan.size * 600) * 1000 : Infinity
  }

  /** How long a result may wait for its summary. */
  #summaryWithin(): number {
    const { summariseEverySeconds } = this.scenario.settings
    return this.#lateBy() + (summariseEverySeconds + settling.otherProfileSeconds) * 1000
  }

  /** An outage, a failing component, or more writes in one second than the table accepts. */
  #isRefused({ label, isRead, command }: Parameters<Weather['isRefused']>[0], by: string): boolean {
    const { outage, failing, writesPerSecond } = this.scenario
    const second = this.seconds
    if (outage !== undefined && second >= outage.from && second < outage.to) return true
    if (failing !== undefined && second < failing.untilSeconds && label === failing.label && by === failing.by)
      return true
    if (this.tableWeather?.takes(command) === false) return true
    if (isRead || writesPerSecond === undefined) return false
    if (Math.floor(second) !== this.#writes.second) this.#writes = { second: Math.floor(second), count: 0 }
    this.#writes.count += 1
    return this.#writes.count > writesPerSecond
  }

  /** Until when DynamoDB deletes expired items. Never in worlds that do not last that long. */
  get deletesUntil(): number | undefined {
    const { deletesUntilDay } = this.scenario
    return deletesUntilDay === undefined ? undefined : beginning + deletesUntilDay * 86_400_000
  }

  /** Virtual seconds since the start. */
  get seconds(): number {
    return this.secondsAt(this.scheduler.now)
  }

  secondsAt(at: number): number {
    return (at - beginning) / 1000
  }

  newId(): string {
    this.#ids += 1
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`
  }

  #afterEffect(by?: Invocation): void {
    const { changes } = this.dynamoDb.stream
    if (changes.length === this.#changes) return
    for (; this.#changes < changes.length; this.#changes += 1) {
      const change = changes[this.#changes]!
      this.watch.changed(change, by)
      this.sweeper.changed(change)
      this.deletions.changed(change, this.deletesUntil)
    }
    this.stream.take()
  }
}
