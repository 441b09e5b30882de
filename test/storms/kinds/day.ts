import { atMost, exactly, number, type Table, type Target } from '../../bench/findings.ts'
import { linePlot } from '../../bench/writing/line-plot.ts'
import { placeOrder } from '../gateway/ordering.ts'
import { StormWorld } from '../gateway/storm-world.ts'
import { keepSweeping } from '../gateway/sweeping.ts'
import { assumedThingSpace } from '../gateway/thing-space.ts'
import { firstLimit, limitsTable } from './limits.ts'
import { bulkDevicesOf, day, dayOfOrders, hour, resultAfter } from './load.ts'
import { dollarsOf } from './prices.ts'
import { both } from './show.ts'
import { measuredFor, type StormContext, type StormFindings } from './storm.ts'
import { summarise } from './summary.ts'

type Day = { devices: number; world: StormWorld }

/** A day of orders, for several numbers of devices. */
export function runDays(context: StormContext): StormFindings {
  const days = context.size.days.map((devices): Day => {
    const world = runDay(devices, context)
    context.say(`${number(devices)} devices in a day: ${firstLimit(world)}`)
    return { devices, world }
  })
  const largest = days.at(-1)!
  return {
    method: [
      'Bulk orders arrive at the full hours of a working day, those of one hour at the same moment, and one device in twenty is ordered alone, at a steady rate around the clock.',
      'Cost a device: dollars of the units, calls and messages that the storm made, without logs, reads of callers, and what an idle gateway costs.',
    ],
    tables: [
      ordersTable(days),
      costTable(days),
      limitsTable(`Limits, ${number(largest.devices)} devices in a day`, largest.world),
    ],
    targets: [...days.flatMap(targetsOf), ...(context.size.compares ? [costTarget(days)] : [])],
    plots: [plotOf(largest)],
    firstLimits: days.map(({ devices, world }) => {
      const { notFinal, sentTwice } = summarise(world.orders)
      return {
        load: `${number(devices)} devices in a day`,
        first: firstLimit(world),
        lost: notFinal + world.statistics.callbacksLost,
        sentTwice,
      }
    }),
  }
}

function runDay(devices: number, context: StormContext): StormWorld {
  const largest = context.size.bulkDevices
  const measured = measuredFor(context, bulkDevicesOf(devices, largest))
  const world = new StormWorld({ measured, thingSpace: assumedThingSpace, repeats: [], resultAfter })
  for (const plan of dayOfOrders(devices, largest)) placeOrder(world, plan)
  keepSweeping(world, day + hour)
  world.timeline.run(day + hour)
  return world
}

function ordersTable(days: readonly Day[]): Table {
  return {
    title: 'Orders, seconds: median / 99th percentile',
    head: [
      'Devices',
      'Orders',
      'Until ThingSpace accepted all',
      'Last callback to final',
      'Order to final',
      'Not final',
      'Sent twice',
      'Attempts an order',
    ],
    rows: days.flatMap(({ devices, world }) =>
      ['bulk', 'single'].map((label) => {
        const own = summarise(world.orders.filter((order) => order.label === label))
        const attempts =
          own.posts /
          world.orders
            .filter((order) => order.label === label)
            .reduce((sum, { submissions }) => sum + submissions.length, 0)
        return [
          number(devices),
          `${number(own.orders)} ${label}`,
          both(own.toThingSpace),
          both(own.toFinal),
          both(own.whole),
          number(own.notFinal),
          number(own.sentTwice),
          attempts.toFixed(2),
        ]
      }),
    ),
  }
}

const centsOf = ({ devices, world }: Day): number => (dollarsOf(world) / devices) * 1e6

function costTable(days: readonly Day[]): Table {
  return {
    title: 'Units and cost a device',
    head: ['Devices', 'Write units', 'Read units', 'Lambda ms', 'Dollars a million'],
    rows: days.map((each) => {
      const { devices, world } = each
      const { read, write } = world.calls.units
      return [
        number(devices),
        (write / devices).toFixed(3),
        (read / devices).toFixed(3),
        (world.statistics.lambdaMilliseconds / devices).toFixed(1),
        centsOf(each).toFixed(2),
      ]
    }),
  }
}

function targetsOf({ devices, world }: Day): Target[] {
  const { notFinal, sentTwice } = summarise(world.orders)
  const name = `${number(devices)} devices in a day`
  return [
    exactly(`${name}: orders that are not final`, 0, notFinal),
    exactly(`${name}: callbacks lost`, 0, world.statistics.callbacksLost),
    exactly(`${name}: submissions accepted twice`, 0, sentTwice),
  ]
}

function costTarget(days: readonly Day[]): Target {
  const costs = days.map(centsOf)
  return atMost(
    'cost a device, most expensive day / cheapest day',
    1.1,
    Math.max(...costs) / Math.min(...costs),
    (value) => `${value.toFixed(3)} x`,
  )
}

function plotOf({ devices, world }: Day) {
  const { workWaiting, changesWaiting, callbacksWaiting } = world.statistics
  const inHours = (points: readonly [number, number][]) =>
    points.map(([minute, value]): [number, number] => [minute / 60, value])
  return linePlot({
    file: 'day.svg',
    title: `${number(devices)} devices in a day: what waits`,
    xName: 'hour',
    yName: 'waiting',
    isTime: true,
    series: [
      { name: 'work messages', points: inHours(workWaiting.points) },
      { name: 'callbacks', points: inHours(callbacksWaiting.points) },
      { name: 'changes', points: inHours(changesWaiting.points) },
    ],
  })
}
