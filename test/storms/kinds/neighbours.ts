import { atMost, exactly, number, type Table, type Target } from '../../bench/findings.ts'
import { placeOrder } from '../gateway/ordering.ts'
import type { Order } from '../gateway/orders.ts'
import { StormWorld } from '../gateway/storm-world.ts'
import { keepSweeping } from '../gateway/sweeping.ts'
import { assumedThingSpace } from '../gateway/thing-space.ts'
import { firstLimit } from './limits.ts'
import { bulkOrders, hour, resultAfter, singleOrders } from './load.ts'
import { both } from './show.ts'
import { measuredFor, type StormContext, type StormFindings } from './storm.ts'
import { type OrderSummary, summarise } from './summary.ts'

/** How the orders of the neighbours reach ThingSpace: at once, or through the queue because a first call was refused. */
type Path = 'direct' | 'retried'
type Run = {
  path: Path
  limit: Limit
  isBeside: boolean
  flow: 'gateway' | 'none'
  world: StormWorld
  singles: OrderSummary
  bulk: OrderSummary
}

const neighbours = 20
const windowMilliseconds = 180_000
const begin = 60_000
/** Of the retried orders ThingSpace takes none at first. */
const outage = { from: begin, to: begin + 60_000, kind: '429' } as const
const allowedRatio = 1.5
type Limit = { callsPerSecond: number; retryAfterSeconds: number; callsPerMinute?: number }
/**
 * What ThingSpace takes. Nobody documents it: everything, or less than the bulk order and the others ask for. A contract
 * may name it, and then the gateway can be told (`callsPerMinute`).
 */
const limits: readonly Limit[] = [
  { ...assumedThingSpace },
  { callsPerSecond: 8, retryAfterSeconds: assumedThingSpace.retryAfterSeconds },
  { callsPerSecond: 8, retryAfterSeconds: 1 },
  { callsPerSecond: 8, retryAfterSeconds: assumedThingSpace.retryAfterSeconds, callsPerMinute: 480 },
]

/** One account orders for 10,000 devices, in front of twenty others that order for one device each. */
export function runNeighbours(context: StormContext): StormFindings {
  const runs = limits.flatMap((limit) =>
    (['direct', 'retried'] as const).flatMap((path) =>
      [false, true].map((isBeside) => runOne({ path, limit, isBeside, flow: 'gateway' }, context)),
    ),
  )
  // What the flow control costs and saves where ThingSpace takes fewer calls than are asked for.
  const compared = context.size.compares
    ? limits.slice(1, 3).map((limit) => runOne({ path: 'direct', limit, isBeside: true, flow: 'none' }, context))
    : []
  const pairs = limits.flatMap((limit) =>
    (['direct', 'retried'] as const).map((path) => {
      const own = runs.filter((run) => run.path === path && run.limit === limit)
      return {
        path,
        limit,
        alone: own.find(({ isBeside }) => !isBeside)!,
        beside: own.find(({ isBeside }) => isBeside)!,
      }
    }),
  )
  for (const { path, limit, alone, beside } of pairs)
    context.say(
      `${path}, ${limitName(limit)}: ${both(alone.singles.toThingSpace)} s alone, ${both(beside.singles.toThingSpace)} s beside the bulk order`,
    )
  return {
    method: [
      `${number(neighbours)} accounts order ${number(context.size.neighbourOrders)} single devices within ${number(windowMilliseconds / 1000)} s, with and without a bulk order of another account that is placed at the same moment. All accounts share one credential set. Retried: ThingSpace answers every call of the first minute with 429, so that the orders of that minute go through the queue; only they count.`,
    ],
    tables: [table([...runs, ...compared])],
    targets: [
      ...(context.size.compares ? pairs : []).map(({ path, limit, alone, beside }): Target =>
        atMost(
          `single orders, ${path}, ${limitName(limit)}: 99th percentile to ThingSpace beside a bulk order / alone`,
          allowedRatio,
          beside.singles.toThingSpace.p99 / alone.singles.toThingSpace.p99,
          (value) => `${value.toFixed(2)} x`,
        ),
      ),
      ...runs
        .filter(({ isBeside }) => isBeside)
        .flatMap(({ path, limit, singles, bulk }) => {
          const name = `neighbours, ${path}, ${limitName(limit)}`
          return [
            exactly(`${name}: orders that are not final`, 0, singles.notFinal + bulk.notFinal),
            exactly(`${name}: submissions accepted twice`, 0, singles.sentTwice + bulk.sentTwice),
          ]
        }),
    ],
    plots: [],
    firstLimits: runs
      .filter(({ isBeside }) => isBeside)
      .map(({ path, limit, world, singles, bulk }) => ({
        load: `a bulk order beside ${number(context.size.neighbourOrders)} single orders, ${path}, ${limitName(limit)}`,
        first: firstLimit(world),
        lost: singles.notFinal + bulk.notFinal,
        sentTwice: singles.sentTwice + bulk.sentTwice,
      })),
  }
}

const limitName = ({ callsPerSecond, retryAfterSeconds, callsPerMinute }: Limit): string =>
  callsPerSecond === Infinity
    ? 'ThingSpace without limit'
    : [
        `ThingSpace takes ${callsPerSecond} calls/s and asks to wait ${retryAfterSeconds} s`,
        ...(callsPerMinute === undefined ? [] : [`callsPerMinute ${callsPerMinute}`]),
      ].join(', ')

function runOne(
  { path, limit, isBeside, flow }: Pick<Run, 'path' | 'limit' | 'isBeside' | 'flow'>,
  context: StormContext,
): Run {
  const { bulkDevices } = context.size
  const world = new StormWorld({
    measured: measuredFor(context, bulkDevices),
    thingSpace: { ...assumedThingSpace, ...limit, ...(path === 'retried' ? { outage } : {}) },
    flow,
    ...(limit.callsPerMinute === undefined ? {} : { callsPerMinute: limit.callsPerMinute }),
    repeats: [],
    resultAfter,
  })
  if (isBeside) for (const plan of bulkOrders(1, { at: begin, devices: bulkDevices })) placeOrder(world, plan)
  for (const plan of singleOrders(context.size.neighbourOrders, { from: begin, to: begin + windowMilliseconds })) {
    placeOrder(world, { ...plan, account: 100 + (plan.account % neighbours) })
  }
  keepSweeping(world, hour)
  world.timeline.run(hour)
  const counts = (order: Order) => path === 'direct' || order.at < outage.to
  const of = (label: string) => summarise(world.orders.filter((order) => order.label === label && counts(order)))
  return { path, limit, isBeside, flow, world, singles: of('single'), bulk: of('bulk') }
}

function table(runs: readonly Run[]): Table {
  return {
    title: 'Seconds until ThingSpace accepted, median / 99th percentile',
    head: [
      'Single orders',
      'ThingSpace',
      'Flow control',
      'Beside a bulk order',
      'Single orders',
      'Bulk order',
      'Attempts a single order',
      'Held',
      'First limit',
    ],
    rows: runs.map(({ path, limit, isBeside, flow, world, singles, bulk }) => [
      path,
      limitName(limit).replace('ThingSpace ', ''),
      flow === 'gateway' ? 'yes' : 'no',
      isBeside ? 'yes' : 'no',
      both(singles.toThingSpace),
      isBeside ? both(bulk.toThingSpace) : '-',
      (singles.posts / singles.orders).toFixed(2),
      number(world.statistics.heldMessages + world.statistics.heldOrders),
      firstLimit(world),
    ]),
  }
}
