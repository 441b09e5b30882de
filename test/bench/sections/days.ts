import { atMost, type Bench, type Findings, number, type Table } from '../findings.ts'
import { mostBetweenSizes, mostOfOutage, mostPerDevice } from '../limits.ts'
import { liveDay, type PerDevice, waitOutage } from '../measuring/day.ts'

const sizes = {
  quick: { alone: [1, 100, 1000], bulk: [100, 1000, 10_000] },
  full: { alone: [1, 100, 1000, 10_000], bulk: [100, 1000, 10_000] },
} as const
const extrapolated = 100_000
const waiting = { quick: [10, 100], full: [10, 100, 400] } as const

type Day = { mix: string; devices: number; day: PerDevice; how: 'counted' | 'extrapolated' }

/** Whether a device costs the same at every size, and what an outage costs. Nothing here depends on the machine. */
export async function run({ mode, say }: Bench): Promise<Findings> {
  const days: Day[] = []
  for (const mix of ['alone', 'bulk'] as const) {
    const counted: Day[] = []
    for (const devices of sizes[mode][mix]) {
      counted.push({ mix, devices, day: await liveDay(devices, mostPerDevice[mix].inEach), how: 'counted' })
      say(`${devices} devices a day, ${mix}`)
    }
    const [smaller, larger] = counted.slice(-2)
    days.push(...counted)
    if (smaller !== undefined && larger !== undefined)
      days.push({ mix, devices: extrapolated, day: extrapolate(smaller, larger), how: 'extrapolated' })
  }
  const outages = []
  for (const orders of waiting[mode]) outages.push({ orders, ...(await waitOutage(orders)) })
  const units = (mix: string) =>
    days.filter((each) => each.mix === mix).map(({ day }) => day.writeUnits + day.readUnits)
  const spread = (mix: string) => Math.max(...units(mix)) / Math.min(...units(mix))
  return {
    method: [
      'The real handlers process the orders of a day in memory, from the order to the final status: for one device each (alone), or for a hundred (bulk). Fifty orders are under way at a time. Sweeps that find nothing are left out: they cost the same whatever is ordered.',
      `${number(extrapolated)} devices are not run. Their cost is what the step from the second largest to the largest size adds for each device, continued.`,
      'The outage: ThingSpace cannot be reached for two hours, in virtual time, with a sweep each minute or more often. Each waiting order is looked at every few minutes.',
    ],
    tables: [daysTable(days), outageTable(outages)],
    targets: [
      atMost(
        'units for each device, largest / smallest, 1 to 100,000 devices a day, alone',
        mostBetweenSizes,
        spread('alone'),
      ),
      atMost(
        'units for each device, largest / smallest, 100 to 100,000 devices a day, bulk',
        mostBetweenSizes,
        spread('bulk'),
      ),
      atMost(
        'orders sent in an outage of two hours, however many wait',
        mostOfOutage.posts,
        Math.max(...outages.map(({ posts }) => posts)),
      ),
    ],
    plots: [],
  }
}

/** The average cost of more devices, if each further one costs what the last ones did. */
function extrapolate(smaller: Day, larger: Day): PerDevice {
  const of = (what: keyof PerDevice): number => {
    const [before, after] = [smaller.day[what] * smaller.devices, larger.day[what] * larger.devices]
    const each = (after - before) / (larger.devices - smaller.devices)
    return (after + each * (extrapolated - larger.devices)) / extrapolated
  }
  return { writeUnits: of('writeUnits'), readUnits: of('readUnits'), calls: of('calls'), posts: of('posts') }
}

const daysTable = (days: readonly Day[]): Table => ({
  title: 'Cost of each device, by the number of devices that are ordered in a day',
  head: ['Orders', 'Devices a day', 'Write units', 'Read units', 'Calls of the table', 'POSTs', ''],
  rows: days.map(({ mix, devices, day, how }) => [
    mix,
    number(devices),
    number(day.writeUnits),
    number(day.readUnits),
    number(day.calls),
    number(day.posts),
    how,
  ]),
})

const outageTable = (outages: readonly ({ orders: number } & Awaited<ReturnType<typeof waitOutage>>)[]): Table => ({
  title: 'Two hours without ThingSpace, by the number of orders that wait',
  head: ['Orders', 'Orders sent', 'Probes', 'Write units each', 'Read units each', 'Messages each'],
  rows: outages.map(({ orders, posts, probes, writeUnits, readUnits, messages }) =>
    [orders, posts, probes, writeUnits, readUnits, messages].map(number),
  ),
})
