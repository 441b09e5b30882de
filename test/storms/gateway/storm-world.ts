import type { Settings } from '../../../lib/profile/request/settings.ts'
import type { Lane } from '../../../lib/profile/request/submission.ts'
import { ApiGateway } from '../../capacity/api-gateway.ts'
import { TableCapacity } from '../../capacity/dynamodb/table-capacity.ts'
import { Heap } from '../../capacity/heap.ts'
import { AccountConcurrency, LambdaFunction, processorMilliseconds } from '../../capacity/lambda/concurrency.ts'
import { QueueSource } from '../../capacity/lambda/queue-source.ts'
import { StreamLanes } from '../../capacity/lambda/stream-lanes.ts'
import { SqsQueue } from '../../capacity/sqs/queue.ts'
import { aSetting } from '../../builders.ts'
import { type Seeded, seeded } from '../../simulation/random.ts'
import { TableCalls } from '../engine/table-calls.ts'
import { Timeline, type Work } from '../engine/timeline.ts'
import type { Measured } from '../measuring/measure.ts'
import type { Recipe } from '../measuring/recipe.ts'
import { deployed } from './deployed.ts'
import { type FlowControl, gatewayFlowControl, noFlowControl } from './flow.ts'
import type { Order, Piece } from './orders.ts'
import { Statistics } from './statistics.ts'
import { ThingSpaceModel, type ThingSpaceOptions } from './thing-space.ts'

export type FunctionName = 'submit' | 'retry' | 'record' | 'project' | 'sweep'

/** How ThingSpace repeats a callback that the endpoint refused. */
type Repeats = readonly number[]

export type StormOptions = {
  measured: Measured
  seed?: number
  thingSpace: ThingSpaceOptions
  /** 'none' for comparison. */
  flow?: 'gateway' | 'none'
  /** The parameter of serverless.yml. By default calls have no turns. */
  callsPerMinute?: number
  /** Key ranges of the table and of each index at first. By default those of a new table. */
  tableRanges?: number
  /** Unused capacity that a key range keeps. By default none. */
  burstSeconds?: number
  /** Milliseconds after which a refused callback comes again. */
  repeats: Repeats
  /** When the devices of an accepted submission report, in milliseconds after its acceptance. */
  resultAfter: (random: Seeded) => number
}

export type WorkBody = { piece: Piece; attempt: number } | { order: Order; part: number }
export type CallbackBody = { piece: Piece; isFinal: boolean; takenAt: number }
export type ChangeBody =
  | { kind: 'result'; piece: Piece; isFinal: boolean }
  | { kind: 'owner' | 'submission'; piece: Piece }
  | { kind: 'request'; order: Order; isFinal: boolean }

/** Published for a small bundle with the SDK, Node 22 and 24: docs/scaling.md names the source. */
export const coldStartMilliseconds = 400

/** The surroundings of the gateway in virtual time, with the limits that AWS documents. */
export class StormWorld {
  readonly timeline = new Timeline()
  readonly random: Seeded
  readonly settings: Settings
  readonly statistics = new Statistics()
  readonly table: TableCapacity
  readonly calls: TableCalls
  readonly gateway: ApiGateway
  readonly thingSpace: ThingSpaceModel
  readonly flow: FlowControl
  readonly account: AccountConcurrency
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>
  readonly work: Readonly<Record<Lane, { queue: SqsQueue<WorkBody>; source: QueueSource }>>
  readonly callbacks: { queue: SqsQueue<CallbackBody>; source: QueueSource }
  readonly stream: StreamLanes<ChangeBody>
  readonly due = new Heap<Piece | Order>()
  readonly orders: Order[] = []
  readonly options: StormOptions

  constructor(options: StormOptions) {
    this.options = options
    const { thingSpace, flow = 'gateway', callsPerMinute = 0, seed = 1, tableRanges, burstSeconds } = options
    this.random = seeded(seed)
    this.settings = aSetting({ callsPerMinute })
    this.flow =
      flow === 'none' ? noFlowControl() : gatewayFlowControl({ settings: this.settings, random: this.random.next })
    this.table = new TableCapacity({
      now: 0,
      indexes: ['due', 'byAccount'],
      ...(tableRanges === undefined ? {} : { ranges: tableRanges }),
      ...(burstSeconds === undefined ? {} : { burstSeconds }),
    })
    this.calls = new TableCalls({ timeline: this.timeline, table: this.table, random: this.random })
    this.gateway = new ApiGateway({ submit: deployed.submitRoute, callback: deployed.callbackRoute }, 0)
    this.thingSpace = new ThingSpaceModel(thingSpace, this.random)
    this.account = new AccountConcurrency()
    const { account } = this
    const lambda = (reserved?: number) => new LambdaFunction({ account, reserved, coldStartMilliseconds, now: 0 })
    this.functions = {
      submit: lambda(deployed.submitConcurrency),
      retry: lambda(),
      record: lambda(),
      project: lambda(),
      sweep: lambda(),
    }
    const lane = (name: Lane) => ({
      queue: new SqsQueue<WorkBody>(deployed.submissionsQueue),
      source: new QueueSource(deployed.lanes.concurrency[name], 0),
    })
    const single = lane('single')
    this.work = { single, bulk: deployed.lanes.isShared ? single : lane('bulk') }
    this.callbacks = {
      queue: new SqsQueue<CallbackBody>(deployed.callbacksQueue),
      source: new QueueSource(deployed.callbacks.maximumConcurrency, 0),
    }
    this.stream = new StreamLanes<ChangeBody>(this.table.rangesOf(), {
      batchSize: deployed.stream.batchSize,
      parallelizationFactor: deployed.stream.parallelizationFactor,
      windowSeconds: deployed.stream.batchWindow,
    })
  }

  get now(): number {
    return this.timeline.now
  }

  recipe(name: string): Recipe {
    const recipe = this.options.measured.recipes.get(name)
    if (recipe === undefined) throw new Error(`nothing is measured as "${name}"`)
    return recipe
  }

  /** Milliseconds that the processor of a function needs for a step: its own code and that of the AWS SDK. */
  processorTime({ processorMilliseconds: own, rounds }: Recipe): number {
    const calls = rounds.reduce((sum, round) => sum + (round === 'post' ? 0 : round.calls.length), 0)
    return processorMilliseconds(own + calls * this.options.measured.sdkMilliseconds, deployed.memoryMegabytes)
  }

  /** Runs an invocation if Lambda has an environment for it. Returns false if it is throttled. */
  invoke(name: FunctionName, work: () => Work, ended: () => void): boolean {
    const lambda = this.functions[name]
    const begun = lambda.begin(this.now)
    if (begun === 'throttled') return false
    this.statistics.invocations += 1
    this.timeline.start(this.#invocation(lambda, { begun, work, ended }))
    return true
  }

  *#invocation(
    lambda: LambdaFunction,
    { begun, work, ended }: { begun: { afterMilliseconds: number }; work: () => Work; ended: () => void },
  ): Work {
    const from = this.now
    if (begun.afterMilliseconds > 0) yield begun.afterMilliseconds
    yield* work()
    lambda.end(this.now)
    this.statistics.lambdaMilliseconds += this.now - from
    ended()
  }
}
