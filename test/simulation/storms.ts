import { expiredSession, wrongCredentials } from './credential-storm.ts'
import { callbacksAtNewTable, longOutage, outlasted, singlesWereNotHeldUp } from './limits/load-storms.ts'
import { type FaultKind, noFaults, type Plan } from './plan.ts'
import { seeded } from './random.ts'
import { runSchedule } from './run.ts'
import { type RequestSpec, type Scenario, settings } from './scenario.ts'

/** Storms in virtual time. Each returns a short report or throws. */
export type Storm = { name: string; isQuick: boolean; run: () => Promise<string> }

const minutes = 60_000

const order = (over: Partial<RequestSpec>): RequestSpec => ({
  action: 'download_enable',
  devices: 5,
  firstDevice: 1,
  caller: 'repeats',
  at: 0,
  ...over,
})

/** Twenty requests are accepted. Their callbacks arrive while DynamoDB refuses everything for 14 minutes. */
export const outage: Scenario = {
  name: 'outage',
  settings: settings(),
  requests: Array.from({ length: 20 }, (_, index) => order({ firstDevice: 1 + index * 5, at: index * 3000 })),
  tellings: (random) => [
    { say: 'warning', after: random.between(0, 3 * 60) * 1000 },
    { say: 'success-after-warning', after: 4 * minutes + random.between(0, 12 * 60) * 1000 },
  ],
  outage: { from: 90, to: 90 + 14 * 60 },
  untimed: true,
}

async function weathered(scenario: Scenario, seed: number): Promise<string> {
  const { violation, steps, callbacks, seconds } = await runSchedule({
    scenario,
    seed,
    plan: noFaults,
    maximumSteps: 3_000_000,
  })
  if (violation !== undefined) throw new Error(violation)
  return `${callbacks} callbacks taken, 0 lost, ${steps} effects, over after ${Math.round(seconds / 60)} min`
}

/** One or two faults somewhere among the first effects. */
function someFaults(seed: number): Plan {
  const random = seeded(seed)
  const kinds: FaultKind[] = ['crash-before', 'crash-after', 'lost', 'refused']
  return new Map(Array.from({ length: 1 + random.below(2) }, () => [1 + random.below(40), random.pick(kinds)]))
}

export const storms: readonly Storm[] = [
  { name: 'outage of DynamoDB for 14 minutes', isQuick: false, run: () => weathered(outage, 1) },
  { name: '10,000 callbacks in one second, at a new table', isQuick: false, run: () => callbacksAtNewTable(10_000, 1) },
  {
    name: 'two hours of 429 with Retry-After',
    isQuick: false,
    run: () => outlasted(longOutage('throttled', 60), 1),
  },
  { name: 'two hours without an answer', isQuick: false, run: () => outlasted(longOutage('silent'), 1) },
  {
    name: 'two hours of 503, and three faults',
    isQuick: false,
    run: () => outlasted(longOutage('unavailable', 60), 1, 3),
  },
  {
    name: 'a bulk order before twenty single orders',
    isQuick: false,
    run: () => singlesWereNotHeldUp(2000, 1),
  },
  {
    name: 'a bulk order before twenty single orders, and two faults',
    isQuick: false,
    run: () => singlesWereNotHeldUp(2000, 2, 2),
  },
  {
    name: '200 environments, one expired session',
    isQuick: true,
    run: async () => {
      await expiredSession(200, 1, noFaults)
      for (let seed = 1; seed <= 40; seed += 1) await expiredSession(20, seed, someFaults(seed))
      return 'one login each time, one more for each crash at most'
    },
  },
  {
    name: 'wrong credentials',
    isQuick: true,
    run: async () => {
      await wrongCredentials(200, 1, noFaults)
      for (let seed = 1; seed <= 40; seed += 1) await wrongCredentials(20, seed, someFaults(seed))
      return 'two logins in all, requests wait, a changed secret opens the latch'
    },
  },
]
