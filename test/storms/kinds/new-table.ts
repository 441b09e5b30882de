import { exactly, number, type Table } from '../../bench/findings.ts'
import { figures } from '../../capacity/figures.ts'
import { placeOrder } from '../gateway/ordering.ts'
import { StormWorld } from '../gateway/storm-world.ts'
import { keepSweeping } from '../gateway/sweeping.ts'
import { assumedThingSpace } from '../gateway/thing-space.ts'
import { firstLimit, limitsTable } from './limits.ts'
import { bulkOrders, hour, resultAfter, singleOrders } from './load.ts'
import { both, seconds } from './show.ts'
import { measuredFor, type StormContext, type StormFindings } from './storm.ts'
import { summarise } from './summary.ts'

type Case = { name: string; ranges?: number; burstSeconds?: number }
type Run = { case: Case; world: StormWorld }

const cases: readonly Case[] = [
  { name: 'new' },
  { name: 'new, with burst', burstSeconds: figures.burstSeconds.value },
  { name: 'grown to 32 key ranges', ranges: 32 },
]

/** The busiest hour of a million devices a day, on a table that has just been created. */
export function runNewTable(context: StormContext): StormFindings {
  const runs = (context.size.compares ? cases : cases.slice(0, 1)).map((each): Run => {
    const world = runCase(each, context)
    context.say(
      `table ${each.name}: ${number(world.calls.throttled)} calls throttled, ${number(world.calls.failed)} failed`,
    )
    return { case: each, world }
  })
  const [fresh] = runs
  return {
    method: [
      `${context.size.bulkOrdersAnHour} bulk orders of ${number(context.size.bulkDevices)} devices at the same moment, and the single orders of the hour. With burst: each key range may use what it did not use for up to five minutes. AWS's pages differ on whether a single range can do that, so the other storms assume that it cannot.`,
    ],
    tables: [table(runs), limitsTable('Limits, new table', fresh!.world)],
    targets: runs.flatMap(({ case: { name }, world }) => {
      const { notFinal, sentTwice } = summarise(world.orders)
      return [
        exactly(`busiest hour, table ${name}: orders that are not final`, 0, notFinal),
        exactly(`busiest hour, table ${name}: submissions accepted twice`, 0, sentTwice),
      ]
    }),
    plots: [],
    firstLimits: runs.map(({ case: { name }, world }) => {
      const { notFinal, sentTwice } = summarise(world.orders)
      return {
        load: `busiest hour of a million devices a day, table ${name}`,
        first: firstLimit(world),
        lost: notFinal,
        sentTwice,
      }
    }),
  }
}

function runCase({ ranges, burstSeconds }: Case, context: StormContext): StormWorld {
  const { bulkDevices, bulkOrdersAnHour } = context.size
  const world = new StormWorld({
    measured: measuredFor(context, bulkDevices),
    thingSpace: assumedThingSpace,
    repeats: [],
    resultAfter,
    ...(ranges === undefined ? {} : { tableRanges: ranges }),
    ...(burstSeconds === undefined ? {} : { burstSeconds }),
  })
  const at = 300_000
  for (const plan of bulkOrders(bulkOrdersAnHour, { at, devices: bulkDevices })) placeOrder(world, plan)
  for (const plan of singleOrders(Math.round(50_000 / 24), { from: 0, to: hour })) placeOrder(world, plan)
  keepSweeping(world, 2 * hour)
  world.timeline.run(2 * hour)
  return world
}

function table(runs: readonly Run[]): Table {
  return {
    title: 'Seconds, median / 99th percentile',
    head: [
      'Table',
      'Bulk order answered',
      'Accepted by ThingSpace',
      'Order to final',
      'Orders refused for now',
      'Calls throttled',
      'Calls failed',
      'Results recorded after, 99 %',
      'First limit',
    ],
    rows: runs.map(({ case: { name }, world }) => {
      const bulk = world.orders.filter(({ label }) => label === 'bulk')
      const own = summarise(bulk)
      const answered = summarise(bulk.map((order) => ({ ...order, sentAt: order.answeredAt })))
      return [
        name,
        both(answered.toThingSpace),
        both(own.toThingSpace),
        both(own.whole),
        number(world.statistics.ordersRefused),
        number(world.calls.throttled),
        number(world.calls.failed),
        seconds(world.statistics.recordedAfter.at(0.99) / 1000),
        firstLimit(world),
      ]
    }),
  }
}
