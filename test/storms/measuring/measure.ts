import { createWorld } from '../../fakes/world.ts'
import { quickestQuarterOf } from './quickest.ts'
import { createRecordedWorld } from './recorder.ts'
import { type Recipe, unitsOf } from './recipe.ts'
import { recordLimitedAttempt, switchedFlow } from './flow.ts'
import { rehearse } from './rehearsal.ts'
import { measureSdk } from './sdk.ts'

export type Recipes = ReadonlyMap<string, Recipe>

/** What was measured before the storms. */
export type Measured = {
  recipes: Recipes
  /** Processor time of the AWS SDK for one call of the table, on this machine. */
  sdkMilliseconds: number
}

/**
 * Runs the real handlers and returns what each step does. Calls and units are those of the first run of a step after the
 * code is warm, processor time is the lower quartile of all runs in a world that records nothing.
 */
async function measureRecipes(options: { bulkDevices: number }): Promise<Recipes> {
  const times = new Map<string, number[]>()
  const plainFlow = switchedFlow()
  const plain = createWorld({ flow: plainFlow })
  await rehearse(
    { world: plain, flow: plainFlow },
    async (name, work) => {
      const before = process.cpuUsage()
      const value = await work()
      const { user, system } = process.cpuUsage(before)
      times.set(name, [...(times.get(name) ?? []), (user + system) / 1000])
      return value
    },
    options,
  )
  const recipes = new Map<string, Recipe>()
  const flow = switchedFlow()
  const { world, record } = createRecordedWorld({ flow })
  await rehearse(
    { world, flow },
    async (name, work) => {
      const { value, recorded } = await record(work)
      recipes.set(name, { ...recorded, processorMilliseconds: quickestQuarterOf(times.get(name) ?? []) })
      return value
    },
    options,
  )
  const nothing = recipes.get('sweep: nothing')
  if (nothing === undefined || unitsOf(nothing, 'write') > 0) throw new Error('a sweep without due items writes')
  const limited = await recordLimitedAttempt()
  recipes.set('flow: limited attempt', { ...limited, processorMilliseconds: 0 })
  return recipes
}

/** Measures everything that storms with bulk orders of this size need. */
export const measure = async (options: { bulkDevices: number }): Promise<Measured> => ({
  recipes: await measureRecipes(options),
  sdkMilliseconds: await measureSdk(),
})
