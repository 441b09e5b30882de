import { setTimeout as sleep } from 'node:timers/promises'
import type { BadDayOrder } from '../../local/simulator/bad-days.ts'
import type { ThingSpaceSimulator } from '../../local/simulator/thingspace-simulator.ts'
import type { Seeded } from '../simulation/random.ts'

type Options = { simulator: ThingSpaceSimulator; random: Seeded; until: () => boolean }

/** The failures of ThingSpace, for one to three calls at a time. */
const days: readonly BadDayOrder[] = [
  { kind: '503', count: 2, retryAfterSeconds: 1 },
  { kind: '429', count: 2, retryAfterSeconds: 1 },
  { kind: '500-accepted', count: 1 },
  { kind: '500', count: 1 },
  { kind: 'reset-after-accept', count: 1 },
  { kind: 'reset-before-body', count: 1 },
  { kind: '200-empty', count: 1 },
  { kind: 'expired-token' },
]

/** How often every session ends at once. A killed renewal makes the others wait for its lease, so not all the time. */
const sessionEveryMs = 15_000

/** Alternates bad days and good ones. Returns how often all sessions were ended. */
export async function makeWeather({ simulator, random, until }: Options): Promise<{ sessionsEnded: number }> {
  let sessionsEnded = 0
  let nextEnd = Date.now() + sessionEveryMs
  while (!until()) {
    await sleep(random.between(500, 2_500))
    if (Date.now() >= nextEnd) {
      nextEnd = Date.now() + sessionEveryMs
      sessionsEnded += 1
      await simulator.setBadDays([{ kind: 'expired-session' }])
    } else await simulator.setBadDays([random.pick(days)])
  }
  await simulator.setBadDays([])
  return { sessionsEnded }
}
