import { number, type Table } from '../../bench/findings.ts'
import { live } from '../../bench/measuring/life.ts'
import { prices } from '../../bench/cost.ts'
import { processorMilliseconds } from '../../capacity/lambda/concurrency.ts'
import { sizeOfItem } from '../../fakes/dynamodb/size.ts'
import { callMilliseconds } from '../engine/table-calls.ts'
import { deployed } from '../gateway/deployed.ts'
import { itemRounds } from '../gateway/sweeping.ts'
import { callsOf } from '../measuring/recipe.ts'
import { measuredFor, type StormContext, type StormFindings } from './storm.ts'

const actionsAMonth = 2
const retainDays = 35
/** AWS stores so much more for each item, and for each index entry. */
const overheadBytes = 100
const sweepMilliseconds = 35_000

/** What a fleet leaves in the table, and how many items the sweep can work through. */
export async function runFleet(context: StormContext): Promise<StormFindings> {
  const { fleet } = context.size
  const stored = [await storedFor(1), await storedFor(context.size.fleetOrder)]
  const reach = reachTable(context)
  context.say(`${number(fleet)} devices: ${number((stored[1]!.bytes * fleet * actionsAMonth) / 1e9)} GB in bulk`)
  return {
    method: [
      `${number(fleet)} devices with ${actionsAMonth} actions a month each, kept for ${retainDays} days. Items and bytes are counted in the table in memory after whole lives of orders with warnings and duplicates, with 100 bytes more for each item and each index entry, as AWS charges them.`,
      'The sweep runs each minute for 35 s and works on one item after the other.',
    ],
    tables: [storageTable(fleet, stored), reach],
    targets: [],
    plots: [],
    firstLimits: [],
  }
}

type Item = Readonly<Record<string, unknown>>
type Stored = { devices: number; items: number; entries: number; bytes: number }

/** Items, index entries and bytes for each device of an order. */
async function storedFor(devices: number): Promise<Stored> {
  const { world } = await live(devices, 'mixed', { read: false })
  const items = world.items()
  const entries = items.flatMap((item) => [item['dueBucket'], item['listedUnder']]).filter((each) => each !== undefined)
  const bytes = items.reduce((sum, item) => sum + sizeOfItem(item) + overheadBytes, 0)
  const keys = items.reduce((sum, { pk, sk, dueBucket, dueAt, listedUnder, listedAt }) => {
    const entryOf = (key: Item) =>
      Object.values(key).includes(undefined) ? 0 : sizeOfItem({ pk, sk, ...key } as never) + overheadBytes
    return sum + entryOf({ dueBucket, dueAt }) + entryOf({ listedUnder, listedAt })
  }, 0)
  return { devices, items: items.length / devices, entries: entries.length / devices, bytes: (bytes + keys) / devices }
}

function storageTable(fleet: number, stored: readonly Stored[]): Table {
  const actions = (fleet * actionsAMonth * retainDays) / 30
  return {
    title: `Stored for ${number(fleet)} devices`,
    head: ['Ordered', 'Items an action', 'Index entries', 'Bytes an action', 'Items', 'GB', 'Dollars a month'],
    rows: stored.map(({ devices, items, entries, bytes }) => [
      devices === 1 ? 'alone' : 'in bulk',
      items.toFixed(2),
      entries.toFixed(2),
      number(Math.round(bytes)),
      `${number((items * actions) / 1e6)} million`,
      number((bytes * actions) / 1e9),
      (((bytes * actions) / 1e9) * (prices.storedGigabyte + prices.recoveryGigabyte)).toFixed(2),
    ]),
  }
}

function reachTable(context: StormContext): Table {
  const measured = measuredFor(context, context.size.bulkDevices)
  const nothing = measured.recipes.get('sweep: nothing')?.processorMilliseconds ?? 0
  const rows = [
    ['a waiting submission, whose work message is sent again', 'sweep: waiting, sent again'],
    ['an unconfirmed submission that is repeated', 'sweep: unconfirmed, repeated'],
    ['an unconfirmed submission that becomes a decision', 'sweep: unconfirmed, to a decision'],
    [`the last summary of a bulk order of ${number(context.size.bulkDevices)} devices`, 'sweep: bulk summary, whole'],
  ] as const
  return {
    title: 'What the sweep can do in a minute',
    head: [
      'Due item',
      'Rounds of calls',
      'Read units',
      'Milliseconds',
      'Items a minute',
      'Units of the index due a second',
    ],
    rows: rows.map(([name, recipeName]) => {
      const recipe = measured.recipes.get(recipeName)
      if (recipe === undefined) throw new Error(`nothing is measured as ${recipeName}`)
      const rounds = itemRounds(recipe)
      const own = Math.max(0, recipe.processorMilliseconds - nothing) + callsOf({ rounds }) * measured.sdkMilliseconds
      const milliseconds = rounds.length * callMilliseconds + processorMilliseconds(own, deployed.memoryMegabytes)
      const shares = rounds.flatMap((round) => (round === 'post' ? [] : round.calls.flatMap((call) => call.shares)))
      const reads = shares.reduce((sum, { kind, units }) => sum + (kind === 'read' ? units : 0), 0)
      const due = shares.reduce(
        (sum, { kind, index, units }) => sum + (kind === 'write' && index === 'due' ? units : 0),
        0,
      )
      const items = sweepMilliseconds / milliseconds
      return [
        name,
        rounds.length,
        number(reads),
        number(milliseconds),
        number(Math.floor(items)),
        number((due * items) / 35),
      ]
    }),
  }
}
