import type { Charged, Operation } from '../../fakes/dynamodb/fake.ts'
import { createWorld, type World, type WorldOptions } from '../../fakes/world.ts'
import { type Call, callOf, createNaming, type Recipe, type Round } from './recipe.ts'

type Rounds = Pick<Recipe, 'rounds' | 'emits' | 'workMessages' | 'events'>

/**
 * A world whose steps are recorded: the calls of the table with their keys, which of them are made at the same time, and
 * when ThingSpace is called.
 */
export function createRecordedWorld(options: Omit<WorldOptions, 'observe'> = {}) {
  let rounds: Round[] = []
  let current: Call[] | undefined
  let naming = createNaming()
  const record = async ({ command, charges }: Operation & Charged): Promise<void> => {
    // Calls that begin before this one has ended belong to the same round.
    current ??= beginRound()
    current.push(callOf(command, charges.map(naming)))
    await new Promise((resolve) => setImmediate(resolve))
    current = undefined
  }
  const beginRound = (): Call[] => {
    const calls: Call[] = []
    rounds.push({ calls })
    return calls
  }
  const world = createWorld({ ...options, observe: record })
  const submit = world.thingSpace.submit.bind(world.thingSpace)
  world.thingSpace.submit = (call) => {
    rounds.push('post')
    return submit(call)
  }
  return {
    world,
    record: async <Value>(work: () => Promise<Value>): Promise<{ value: Value; recorded: Rounds }> => {
      rounds = []
      current = undefined
      naming = createNaming()
      const before = countsOf(world)
      const value = await work()
      const { sent, published } = countsOf(world)
      const emits: Record<string, number> = {}
      for (const entity of changesSince(world, before.changes)) emits[entity] = (emits[entity] ?? 0) + 1
      const recorded = { rounds, emits, workMessages: sent - before.sent, events: published - before.published }
      // What happens between the steps belongs to none.
      rounds = []
      return { value, recorded }
    },
  }
}

const countsOf = (world: World) => ({
  changes: world.changeCount(),
  sent: world.queue.sent.length,
  published: world.topic.published.length,
})

/** The kinds of the items that changed. */
const changesSince = (world: World, from: number): string[] =>
  world.streamRecords(from).map(({ dynamodb }) => dynamodb?.NewImage?.['entity']?.S ?? 'unknown')
