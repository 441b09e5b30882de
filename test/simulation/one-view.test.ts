import { expect, test } from 'vitest'
import { differencesAtRest, differencesNow, readersOf } from './one-view.ts'
import { noFaults, type Plan, readPlan } from './plan.ts'
import { scenarioOf, smallWorlds } from './worlds.ts'
import { World } from './world.ts'

const plans: readonly (readonly [string, Plan])[] = [
  ['no fault', noFaults],
  ['a lost answer and a crash', readPlan('9:lost,23:crash-after')],
]

/** Runs a world as far as a number of effects, and returns the requests that exist then. */
async function runTo(name: string, plan: Plan, maximumSteps?: number): Promise<{ world: World; ended: boolean }> {
  const world = new World({
    scenario: scenarioOf(name),
    seed: 1,
    plan,
    ...(maximumSteps === undefined ? {} : { maximumSteps }),
  })
  world.begin()
  try {
    await world.goOn()
    return { world, ended: true }
  } catch (error) {
    // The world stops in the middle of an effect. What is in flight stays there.
    if (error instanceof Error && error.message.startsWith('still busy')) return { world, ended: false }
    throw error
  }
}

const requestsOf = ({ watch }: World): string[] =>
  [...watch.items.values()].flatMap((item) => {
    const isKept = item['entity'] === 'request' && !watch.isPast(item)
    return isKept && typeof item['requestId'] === 'string' ? [item['requestId']] : []
  })

async function differences(world: World, compare: typeof differencesNow): Promise<string[]> {
  const read = readersOf(world)
  const found: string[] = []
  for (const requestId of requestsOf(world))
    found.push(...compare(await read(requestId)).map((text) => `after ${world.scheduler.steps} effects, ${text}`))
  return found
}

/** Steps between two looks. It has no common factor with the effects of one attempt. */
const stride = 7
const mostLooks = 20

test.each(smallWorlds.flatMap(({ name }) => plans.map(([fault, plan]) => ({ name, fault, plan }))))(
  'all readers of a request tell the same in "$name" with $fault, at each moment and at the end',
  async ({ name, plan }) => {
    const { world } = await runTo(name, plan)
    const found = await differences(world, differencesAtRest)
    const { steps } = world.scheduler
    const looks = Math.min(mostLooks, Math.floor(steps / stride))
    for (let look = 1; look <= looks; look += 1) {
      const moment = await runTo(name, plan, look * Math.floor(steps / looks))
      found.push(...(await differences(moment.world, differencesNow)))
    }
    expect(found).toEqual([])
  },
)
