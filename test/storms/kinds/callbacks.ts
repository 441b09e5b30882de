import { exactly, number, type Table } from '../../bench/findings.ts'
import { linePlot } from '../../bench/writing/line-plot.ts'
import { deployed } from '../gateway/deployed.ts'
import { callBack } from '../gateway/devices.ts'
import { bulkOrders, resultAfter } from './load.ts'
import type { Piece } from '../gateway/orders.ts'
import { StormWorld } from '../gateway/storm-world.ts'
import { keepSweeping } from '../gateway/sweeping.ts'
import { acceptWithoutCalling } from '../gateway/accepted.ts'
import { assumedThingSpace } from '../gateway/thing-space.ts'
import { firstLimit, limitsTable } from './limits.ts'
import { seconds } from './show.ts'
import { measuredFor, type StormContext, type StormFindings } from './storm.ts'
import { summarise } from './summary.ts'

const usualRate = 10_000
type Case = {
  orders: 'bulk' | 'single'
  callbacksPerSecond: number
  isGrown: boolean
  /** Shows what lies beyond a limit, so that nothing is wanted from it. */
  isBeyond?: boolean
}
/** Key ranges of a table that has met such a load before. */
const grownRanges = 32

const cases: readonly Case[] = [
  { orders: 'bulk', callbacksPerSecond: usualRate, isGrown: false },
  { orders: 'bulk', callbacksPerSecond: usualRate, isGrown: true },
  { orders: 'single', callbacksPerSecond: usualRate, isGrown: true },
  { orders: 'bulk', callbacksPerSecond: 12_000, isGrown: true, isBeyond: true },
]

type Run = { case: Case; world: StormWorld }

/** Ten thousand callbacks a second for a minute. */
export function runCallbacks(context: StormContext): StormFindings {
  const runs = (context.size.compares ? cases : cases.slice(0, 3)).map((each): Run => {
    const world = runCase(each, context)
    context.say(`${nameOf(each)}: ${number(world.statistics.callbacksLost)} lost; ${firstLimit(world)}`)
    return { case: each, world }
  })
  const hardest = runs.find((run) => run.case.orders === 'bulk' && run.case.isGrown)!
  return {
    method: [
      `Callbacks for ${number(context.size.callbackSeconds)} s, each the result of another device. The orders are in the table already. A grown table has met such a load before.`,
      `\`callbackRate\` of serverless.yml is ${number(deployed.callbackRoute.rate)} a second with a burst of ${number(deployed.callbackRoute.burst)}, which is what an AWS account allows by default for all its APIs together. What the endpoint refuses is lost here, because nobody knows whether ThingSpace repeats it.`,
    ],
    tables: [resultsTable(runs), limitsTable(`Limits: ${nameOf(hardest.case)}`, hardest.world)],
    targets: runs
      .filter((run) => run.case.isBeyond !== true)
      .map((run) => exactly(`${nameOf(run.case)}: callbacks lost`, 0, run.world.statistics.callbacksLost)),
    plots: [
      linePlot({
        file: 'callbacks.svg',
        title: 'Callbacks and changes that wait, 10,000 callbacks a second for a minute',
        xName: 'minutes',
        yName: 'waiting',
        isTime: true,
        series: [
          { name: 'callbacks, new table', points: runs[0]!.world.statistics.callbacksWaiting.points },
          { name: 'callbacks, grown', points: hardest.world.statistics.callbacksWaiting.points },
          { name: 'changes, grown', points: hardest.world.statistics.changesWaiting.points },
        ],
      }),
    ],
    firstLimits: runs.map(({ case: own, world }) => ({
      load: nameOf(own),
      first: firstLimit(world),
      lost: world.statistics.callbacksLost,
      sentTwice: summarise(world.orders).sentTwice,
    })),
  }
}

const nameOf = ({ orders, callbacksPerSecond, isGrown }: Case): string =>
  `${number(callbacksPerSecond)} callbacks a second, ${orders} orders, ${isGrown ? 'grown' : 'new'} table`

function runCase({ orders, callbacksPerSecond, isGrown }: Case, context: StormContext): StormWorld {
  const { bulkDevices, callbackSeconds } = context.size
  const count = callbacksPerSecond * callbackSeconds
  const world = new StormWorld({
    measured: measuredFor(context, bulkDevices),
    thingSpace: assumedThingSpace,
    repeats: [],
    resultAfter,
    ...(isGrown ? { tableRanges: grownRanges } : {}),
  })
  const devices = orders === 'bulk' ? bulkDevices : 1
  const plans = bulkOrders(Math.ceil(count / devices), { at: 0, devices })
  const waiting: Piece[] = []
  for (const plan of plans) {
    for (const piece of acceptWithoutCalling(world, { ...plan, label: orders })) {
      for (let device = 0; device < piece.state.deviceCount; device += 1) waiting.push(piece)
    }
  }
  const begin = 60_000
  // Devices of all orders report at the same time, in no order.
  const shuffled = world.random.shuffled(waiting)
  const send = function* () {
    yield begin
    for (const [index, piece] of shuffled.entries()) {
      const at = begin + (index / callbacksPerSecond) * 1000
      if (at > world.now) yield at - world.now
      callBack(world, { piece, isFinal: true, takenAt: 0 }, 0)
    }
  }
  world.timeline.start(send())
  const end = 3 * 3_600_000
  keepSweeping(world, end)
  world.timeline.run(end)
  return world
}

function resultsTable(runs: readonly Run[]): Table {
  return {
    title: 'Callbacks',
    head: [
      'Orders',
      'A second',
      'Table',
      'Refused',
      'Lost',
      'Recorded after s, median / 99 %',
      'Last order final after s',
      'Write units a callback',
    ],
    rows: runs.map(({ case: own, world }) => {
      const { callbacksRefused, callbacksLost, callbacksTaken, recordedAfter } = world.statistics
      const finals = world.orders.map(({ finalAt }) => finalAt ?? 0)
      const last = finals.reduce((most, each) => Math.max(most, each), 0)
      return [
        own.orders,
        number(own.callbacksPerSecond),
        own.isGrown ? 'grown' : 'new',
        number(callbacksRefused),
        number(callbacksLost),
        `${seconds(recordedAfter.at(0.5) / 1000)} / ${seconds(recordedAfter.at(0.99) / 1000)}`,
        last === 0 ? '-' : seconds(Math.max(0, last / 1000 - 60)),
        (world.calls.units.write / Math.max(1, callbacksTaken)).toFixed(2),
      ]
    }),
  }
}
