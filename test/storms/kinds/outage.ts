import { atMost, exactly, number, type Table, type Target } from '../../bench/findings.ts'
import { linePlot } from '../../bench/writing/line-plot.ts'
import { placeOrder } from '../gateway/ordering.ts'
import type { Order } from '../gateway/orders.ts'
import { StormWorld } from '../gateway/storm-world.ts'
import { keepSweeping } from '../gateway/sweeping.ts'
import { assumedThingSpace, type OutageKind } from '../gateway/thing-space.ts'
import { firstLimit } from './limits.ts'
import { bulkOrders, hour, resultAfter, singleOrders } from './load.ts'
import { both, seconds } from './show.ts'
import { measuredFor, type StormContext, type StormFindings } from './storm.ts'
import { summarise } from './summary.ts'

type Flow = 'gateway' | 'none'
type Run = { kind: OutageKind; flow: Flow; world: StormWorld; recovery: number; recovered: Recovered }

const flows: readonly Flow[] = ['gateway', 'none']
/** The kind of outage that is compared with a gateway without flow control. */
const compared: OutageKind = '429'
const kinds: readonly OutageKind[] = ['429', '503', 'silent']
const names: Readonly<Record<OutageKind, string>> = {
  429: '429 with Retry-After',
  503: '503 with Retry-After',
  silent: 'no answer',
}
const singleOrdersAnHour = 50_000 / 24
const recoverySeconds = 15 * 60

/** ThingSpace is not there for two hours of the busiest part of a day. */
export function runOutages(context: StormContext): StormFindings {
  const runs = kinds.flatMap((kind) =>
    (context.size.compares && kind === compared ? flows : flows.slice(0, 1)).map((flow): Run => {
      const run = runOutage(kind, flow, context)
      const { last, posts } = run.recovered
      context.say(
        `${names[kind]}, flow control ${flow}: last final ${seconds(last)} s after the recovery, ${posts.toFixed(2)} POSTs`,
      )
      return run
    }),
  )
  const real = runs.filter(({ flow }) => flow === 'gateway')
  return {
    method: [
      `Bulk orders of ${number(context.size.bulkDevices)} devices arrive each hour, ${context.size.bulkOrdersAnHour} at the same moment, with ${number(Math.round(singleOrdersAnHour))} single orders an hour. After half an hour ThingSpace answers nothing usefully for ${number(context.size.outageHours)} h. The 429 asks to wait ${assumedThingSpace.retryAfterSeconds} s.`,
      'Seconds count from the recovery, and only orders of before it. POSTs an order: those after the recovery, by submissions that ThingSpace had not accepted by then. An attempt is burnt if ThingSpace was called in vain. Half of the orders may be repeated without harm; the others wait for a decision after an attempt without an answer.',
    ],
    tables: [recoveryTable(runs), countsTable(runs)],
    targets: real.flatMap(targetsOf),
    plots: [
      linePlot({
        file: 'outage.svg',
        title: 'Work messages that are visible while ThingSpace is down, with flow control',
        xName: 'minutes',
        yName: 'work messages',
        isTime: true,
        series: real.map(({ kind, world }) => ({ name: names[kind], points: world.statistics.workWaiting.points })),
      }),
    ],
    firstLimits: real.map(({ kind, world, recovered }) => ({
      load: `${number(context.size.outageHours)} h without ThingSpace: ${names[kind]}`,
      first: firstLimit(world),
      lost: recovered.notFinal,
      sentTwice: summarise(world.orders).sentTwice,
    })),
  }
}

function runOutage(kind: OutageKind, flow: Flow, context: StormContext): Run {
  const { bulkDevices, outageHours, bulkOrdersAnHour } = context.size
  const from = hour / 2
  const recovery = from + outageHours * hour
  const end = recovery + 2 * hour
  const thingSpace = { ...assumedThingSpace, outage: { from, to: recovery, kind } }
  const world = new StormWorld({
    measured: measuredFor(context, bulkDevices),
    thingSpace,
    flow,
    repeats: [],
    resultAfter,
  })
  const until = recovery + hour / 2
  const hours = Math.ceil(until / hour)
  for (let index = 0; index < hours; index += 1) {
    for (const plan of bulkOrders(bulkOrdersAnHour, {
      at: index * hour,
      devices: bulkDevices,
      first: index * bulkOrdersAnHour,
    })) {
      placeOrder(world, plan)
    }
  }
  for (const plan of singleOrders(Math.round((singleOrdersAnHour * until) / hour), { from: 0, to: until }))
    placeOrder(world, plan)
  keepSweeping(world, end)
  world.timeline.run(recovery)
  const open = world.orders.filter(({ at, submissions }) => at < recovery && submissions.some(isOpen))
  const pieces = open.flatMap(({ submissions }) => submissions.filter(isOpen))
  const postsBefore = pieces.reduce((sum, { posts }) => sum + posts, 0)
  world.timeline.run(end)
  const recovered = recoveredOf(open, { recovery, postsBefore, submissions: pieces.length })
  return { kind, flow, world, recovery, recovered }
}

const isOpen = ({ acceptances }: Order['submissions'][number]): boolean => acceptances === 0

type Recovered = {
  orders: number
  submissions: number
  /** Seconds after the recovery. */
  sent: { p50: number; p99: number }
  final: { p50: number; p99: number }
  last: number
  notFinal: number
  awaitingDecision: number
  posts: number
}

function recoveredOf(
  open: readonly Order[],
  { recovery, postsBefore, submissions }: { recovery: number; postsBefore: number; submissions: number },
): Recovered {
  const decided = open.filter(({ submissions: own }) => own.some(({ state }) => state.awaitsDecision === true))
  const others = open.filter((order) => !decided.includes(order))
  const after = others.map((order) => ({ ...order, at: recovery }))
  const { toThingSpace: sent, whole: final } = summarise(after)
  const posts = open.flatMap((order) => order.submissions).reduce((sum, { posts: own }) => sum + own, 0) - postsBefore
  const lasts = others.map(({ finalAt }) => ((finalAt ?? Infinity) - recovery) / 1000)
  return {
    orders: open.length,
    submissions,
    sent,
    final,
    last: Math.max(0, ...lasts.filter((each) => each !== Infinity)),
    notFinal: lasts.filter((each) => each === Infinity).length,
    awaitingDecision: decided.length,
    posts: posts / Math.max(1, submissions),
  }
}

function recoveryTable(runs: readonly Run[]): Table {
  return {
    title: 'Recovery, seconds: median / 99th percentile',
    head: [
      'Answer',
      'Flow control',
      'Orders waiting',
      'Accepted by ThingSpace',
      'Final',
      'Last final',
      'POSTs an order',
      'Not final',
      'Wait for a decision',
    ],
    rows: runs.map(({ kind, flow, recovered }) => [
      names[kind],
      flow === 'gateway' ? 'yes' : 'no',
      number(recovered.orders),
      both(recovered.sent),
      both(recovered.final),
      seconds(recovered.last),
      recovered.posts.toFixed(2),
      number(recovered.notFinal),
      number(recovered.awaitingDecision),
    ]),
  }
}

function countsTable(runs: readonly Run[]): Table {
  return {
    title: 'Counts of the whole storm',
    head: [
      'Answer',
      'Flow control',
      'POSTs in the outage',
      'Attempts burnt an order',
      'Harmless calls',
      'Held',
      'Accepted twice',
      'Repeated without harm',
      'Adopted',
      'First limit',
    ],
    rows: runs.map(({ kind, flow, world, recovered }) => {
      const { sentTwice, repeatedWithoutHarm } = summarise(world.orders)
      const { heldMessages, heldOrders, adopted, probes } = world.statistics
      return [
        names[kind],
        flow === 'gateway' ? 'yes' : 'no',
        number(world.thingSpace.postsInOutage),
        (world.thingSpace.postsInOutage / Math.max(1, recovered.submissions)).toFixed(2),
        number(probes),
        number(heldMessages + heldOrders),
        number(sentTwice),
        number(repeatedWithoutHarm),
        number(adopted),
        firstLimit(world),
      ]
    }),
  }
}

function targetsOf({ kind, world, recovered }: Run): Target[] {
  const name = `outage, ${names[kind]}`
  return [
    exactly(`${name}: orders that are not final and wait for nobody`, 0, recovered.notFinal),
    exactly(`${name}: submissions accepted twice`, 0, summarise(world.orders).sentTwice),
    atMost(`${name}: seconds from the recovery until all are final`, recoverySeconds, recovered.last),
    atMost(`${name}: POSTs an order after the recovery`, 1.2, recovered.posts, (value) => value.toFixed(2)),
  ]
}
