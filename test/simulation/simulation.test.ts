import { describe, expect, test } from 'vitest'
import { exploreExhaustively, exploreRandomly, faultsOf, shrink } from './explore.ts'
import { tableText } from './finish.ts'
import type { Design } from './naive.ts'
import { noFaults, type Plan, planText, readPlan } from './plan.ts'
import { type RunResult, runSchedule } from './run.ts'
import type { Scenario } from './scenario.ts'
import type { Step } from './scheduler.ts'
import { World } from './world.ts'
import { largeWorlds, scenarioOf, smallWorlds } from './worlds.ts'
import { storms } from './storms.ts'
import { Thread } from './threads.ts'

const names = (worlds: readonly { name: string }[]) => worlds.map(({ name }) => ({ name }))

describe('the short simulation', () => {
  test.each(names(smallWorlds))('keeps every invariant in "$name" with any single fault', async ({ name }) => {
    const found: string[] = []
    await exploreExhaustively(
      scenarioOf(name),
      1,
      1,
      ({ violation }, _scenario, seed, plan) => {
        if (violation !== undefined)
          found.push(`--world '${name}' --seed ${seed} --plan '${planText(plan)}': ${violation}`)
        return true
      },
      { part: { index: 0, of: 24 } },
    )
    expect(found).toEqual([])
  })

  test.each(names(largeWorlds))('keeps every invariant in "$name" with random faults', async ({ name }) => {
    const found: string[] = []
    for (let seed = 1; seed <= 2; seed += 1) {
      await exploreRandomly(scenarioOf(name), seed, ({ violation }, _scenario, _seed, plan) => {
        if (violation !== undefined)
          found.push(`--world '${name}' --seed ${seed} --plan '${planText(plan)}': ${violation}`)
        return true
      })
    }
    expect(found).toEqual([])
  })

  test.each(storms.filter(({ isQuick }) => isQuick))('survives the storm "$name"', async ({ run }) => {
    await expect(run()).resolves.toContain('login')
  })
})

/** Runs the first seed of a world. Returns what happened in which order, and the table at the end. */
async function traced(scenario: Scenario, plan: Plan): Promise<{ steps: Step[]; trace: string[]; table: string }> {
  const steps: Step[] = []
  const world = new World({ scenario, seed: 1, plan, onStep: (step) => void steps.push(step) })
  await world.run()
  const trace = steps.map(({ at, invocation, effect }) => `${at} ${invocation.name} ${effect.label}`)
  return { steps, trace, table: tableText(world.watch.items) }
}

describe('the simulation harness', () => {
  test('runs the same schedule twice for one seed and plan', async () => {
    const scenario = scenarioOf('several requests')
    const trace = async (): Promise<string[]> => {
      const steps: string[] = []
      await runSchedule(
        { scenario, seed: 7, plan: readPlan('20:crash-after,41:lost') },
        { onStep: ({ at, invocation, effect }) => void steps.push(`${at} ${invocation.name} ${effect.label}`) },
      )
      return steps
    }
    expect(await trace()).toEqual(await trace())
  })

  test.each(names(smallWorlds))(
    'continues from a rest of "$name" with the same result as from the beginning',
    async ({ name }) => {
      const scenario = scenarioOf(name)
      const some: { plan: Plan; went: RunResult }[] = []
      let count = 0
      await exploreExhaustively(
        scenario,
        3,
        2,
        (went, _scenario, _seed, plan) => {
          count += 1
          if (count % 17 === 0) some.push({ plan, went })
          return count < 150
        },
        { part: { index: 2, of: 9 } },
      )
      for (const { plan, went } of some) {
        const { steps, seconds, callbacks, violation } = went
        const replay = steps > went.stepsBeforeReplay
        const fresh = await runSchedule({ scenario, seed: 3, plan }, { replay })
        expect({ plan, ...fresh }).toMatchObject({ plan, steps, seconds, callbacks, violation })
      }
    },
  )

  test('leaves out only faults of empty shards whose schedule is the same as another one', async () => {
    const scenario = scenarioOf('download after a stranger')
    const { steps } = await traced(scenario, noFaults)
    const sweep = steps.find(({ effect }) => effect.isOneOfEmpty === true)?.invocation
    const empty = steps.filter(({ invocation, effect }) => invocation === sweep && effect.isOneOfEmpty === true)
    expect(empty.length).toBeGreaterThan(10)
    const refused = (step: Step | undefined): Plan => new Map([[step?.number ?? 0, 'refused']])
    const { trace, table } = await traced(scenario, refused(empty[0]))
    for (const other of empty.slice(1)) {
      const same = await traced(scenario, refused(other))
      expect({ trace: same.trace, table: same.table }).toEqual({ trace, table })
    }
    expect(faultsOf(empty).filter(({ kind }) => kind === 'refused')).toHaveLength(1)
    expect(faultsOf(steps).filter(({ step, kind }) => empty.includes(step) && kind === 'refused')).toHaveLength(1)
  })

  test.each(['download queued', 'calls in turns'])(
    'leaves out only those crashes of "%s" that change nothing',
    async (name) => {
      const scenario = scenarioOf(name)
      const { steps, trace, table } = await traced(scenario, noFaults)
      const explored = new Set(faultsOf(steps).map(({ step, kind }) => `${step.number} ${kind}`))
      const leftOut = steps.filter(
        ({ effect, number }) => effect.isRead !== true && !explored.has(`${number} crash-after`),
      )
      expect(leftOut.length).toBeGreaterThan(3)
      for (const { number } of leftOut) {
        const same = await traced(scenario, new Map([[number, 'crash-after']]))
        expect({ trace: same.trace, table: same.table }).toEqual({ trace, table })
      }
    },
  )

  test.each<{ design: Design; world: string; plan: string }>([
    { design: 'post, then write', world: 'download repeats', plan: '4:crash-after' },
    { design: 'write, then post and repeat', world: 'download silent', plan: '5:lost' },
  ])('finds that the design "$design" runs an action twice', async ({ design, world, plan }) => {
    const { violation } = await runSchedule({ scenario: scenarioOf(world), seed: 1, plan: readPlan(plan), design })
    expect(violation).toContain('I2 at most once')
  })

  test('finds a mutant', async () => {
    const thread = new Thread()
    const mutant = 'blind retry after an unknown outcome'
    const { failing, found } = await thread.workWith(mutant, { kind: 'kill', worlds: ['download silent'] })
    await thread.end()
    expect(failing).toBe(1)
    expect(found[0]?.violation).toContain('I2 at most once')
  })

  test('shrinks a plan to the faults that are needed', async () => {
    const plan = readPlan('2:refused,9:lost')
    expect(planText(await shrink(scenarioOf('download once'), 1, plan))).toBe(planText(plan))
    expect(await runSchedule({ scenario: scenarioOf('download once'), seed: 1, plan: noFaults })).toMatchObject({
      violation: undefined,
    })
  })

  test('reads the plans that it writes', () => {
    expect(planText(readPlan('12:crash-after, 30:lost'))).toBe('12:crash-after,30:lost')
    expect(() => readPlan('12:explosion')).toThrow('is not a fault')
  })
})
