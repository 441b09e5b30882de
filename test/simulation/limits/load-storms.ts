import { type FaultKind, type Plan } from '../plan.ts'
import { seeded } from '../random.ts'
import { runOut } from '../run.ts'
import { one, type RequestSpec, type Scenario, settings } from '../scenario.ts'
import type { Trouble } from '../thing-space.ts'
import { World } from '../world.ts'

const hours = 3600
const kinds: readonly FaultKind[] = ['crash-before', 'crash-after', 'lost', 'refused']

/** Faults at some of the first effects, as many as given. */
function someFaults(seed: number, count: number, among: number): Plan {
  const random = seeded(seed)
  return new Map(Array.from({ length: count }, () => [1 + random.below(among), random.pick(kinds)]))
}

/** Runs a storm with the whole checker. Throws what it broke. */
async function withstood(scenario: Scenario, seed: number, plan: Plan): Promise<World> {
  const world = new World({ scenario, seed, plan, maximumSteps: 3_000_000 })
  world.begin()
  const { violation } = await runOut(world, false)
  if (violation !== undefined) throw new Error(violation)
  return world
}

/** Callbacks of all devices within one second, at a new table: more writes than its key ranges take. */
const hotTable = (devices: number): Scenario => ({
  name: 'callbacks at a new table',
  settings: settings({ workMessageGraceSeconds: 600 }),
  requests: [one('download_enable', 'repeats', { devices })],
  tellings: (random) => [{ say: 'success', after: 300_000 + random.below(1000) }],
  capacity: true,
  parallel: true,
  untimed: true,
})

export async function callbacksAtNewTable(devices: number, seed: number, faults = 0): Promise<string> {
  const world = await withstood(hotTable(devices), seed, someFaults(seed, faults, 2000))
  const refusals = world.tableWeather?.refusals ?? 0
  if (refusals === 0) throw new Error('the table throttled nothing, so this was no storm')
  return `${world.taken.length} callbacks taken, 0 lost, ${refusals} commands throttled`
}

/** A bulk order and single orders meet an outage of two hours. Then ThingSpace takes a few calls at once. */
export const longOutage = (how: Trouble['how'], retryAfterSeconds?: number): Scenario => ({
  name: `two hours of ${how}`,
  settings: settings({
    devicesPerSubmission: { local: 10, device: 10, consumer: 10, global: 10 },
    retry: { firstDelaySeconds: 5, capSeconds: 900, maximumAgeSeconds: 24 * hours },
  }),
  requests: [
    one('enable', 'repeats', { devices: 500, at: 10 * 60_000 }),
    ...Array.from({ length: 20 }, (_, index): RequestSpec =>
      one('enable', 'repeats', { firstDevice: 1001 + index, at: (5 + index * 6) * 60_000 }),
    ),
  ],
  tellings: (random) => [{ say: 'success', after: random.between(1, 40) * 1000 }],
  takesAtOnce: 4,
  troubles: [
    { fromSeconds: 0, untilSeconds: 2 * hours, how, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
  ],
  recovers: { afterSeconds: 2 * hours, withinSeconds: 900 },
  parallel: true,
})

/** Attempts that one submission may make in two hours without an answer. */
const mostAttempts = 8

export async function outlasted(scenario: Scenario, seed: number, faults = 0): Promise<string> {
  const world = await withstood(scenario, seed, someFaults(seed, faults, 400))
  const attempts = [...world.watch.items.values()].flatMap(({ entity, attempt }) =>
    entity === 'submission' ? [Number(attempt)] : [],
  )
  const most = Math.max(...attempts)
  if (most > mostAttempts) throw new Error(`a submission was attempted ${most} times`)
  const total = attempts.reduce((sum, each) => sum + each, 0)
  if (total > 2 * attempts.length) throw new Error(`${attempts.length} submissions made ${total} attempts`)
  const cards = new Map<string, number>()
  for (const { order, subjects } of world.thingSpace.accepted)
    for (const { card } of subjects) cards.set(`${order} ${card}`, (cards.get(`${order} ${card}`) ?? 0) + 1)
  const twice = [...cards.values()].filter((times) => times > 1).length
  const last = Math.max(...world.thingSpace.accepted.map(({ at }) => world.secondsAt(at)))
  if (faults === 0 && twice > 0) throw new Error(`${twice} devices were sent twice`)
  return `${cards.size} devices sent, ${twice} twice, ${total} attempts (${most} at most), all within ${Math.round((last - 2 * hours) / 60)} min of the recovery`
}

/** One account orders for many devices. Soon after, twenty others and itself order for one device each. */
const bulkBeforeSingles = (devices: number): Scenario => ({
  name: 'a bulk order before twenty single orders',
  settings: settings({
    devicesPerSubmission: { local: 10, device: 10, consumer: 10, global: 10 },
    workMessageGraceSeconds: 600,
  }),
  requests: [
    one('enable', 'repeats', { devices }),
    ...Array.from({ length: 20 }, (_, index): RequestSpec =>
      one('enable', 'repeats', {
        firstDevice: 100_001 + index,
        at: (10 + index) * 1000,
        ...(index % 2 === 0 ? {} : { accountName: `00007${String(index).padStart(5, '0')}-00001` }),
      }),
    ),
  ],
  tellings: (random) => [{ say: 'success', after: random.between(1, 40) * 1000 }],
  takesAtOnce: 4,
  recovers: { afterSeconds: 0, withinSeconds: 3600 },
  parallel: true,
  untimed: true,
})

/** A single order is sent this long after it was ordered, although a bulk order is under way. */
const singleWithinSeconds = 60

export async function singlesWereNotHeldUp(devices: number, seed: number, faults = 0): Promise<string> {
  const world = await withstood(bulkBeforeSingles(devices), seed, someFaults(seed, faults, 400))
  const sentAt = (mark: string): number[] =>
    world.thingSpace.accepted.flatMap(({ order, at }) => (order === mark ? [world.secondsAt(at)] : []))
  const [bulk, ...singles] = world.orders
  const delays = singles.map(({ mark, spec }) => Math.min(...sentAt(mark)) - spec.at / 1000)
  const longest = Math.max(...delays)
  const bulkEnds = Math.max(...sentAt(bulk!.mark))
  const lastSingle = Math.max(...singles.map(({ spec }) => spec.at / 1000))
  if (bulkEnds < lastSingle) throw new Error('the bulk order was over before the single orders, so this was no storm')
  if (longest > singleWithinSeconds + faults * 300) throw new Error(`a single order waited ${Math.round(longest)} s`)
  return `single orders sent within ${Math.round(longest)} s, the bulk order within ${Math.round(bulkEnds)} s`
}
