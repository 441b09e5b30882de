import { Course, restBefore } from './course.ts'
import type { Design } from './naive.ts'
import { type FaultKind, faultKinds, noFaults, type Plan } from './plan.ts'
import { seeded } from './random.ts'
import { type RunResult, runSchedule } from './run.ts'
import type { Scenario } from './scenario.ts'
import type { Invocation, Step } from './scheduler.ts'

/** Receives every schedule. Returns whether to continue. */
export type Listener = (result: RunResult, scenario: Scenario, seed: number, plan: Plan) => boolean

/**
 * Every fault that one effect can have. A crash is a point between two effects of one invocation: before its first
 * effect, and after each of its writes. A read changes nothing, so a crash after it equals the point before it and is
 * omitted. A read that is lost and one that is refused look the same.
 */
function faultsAt({ effect, first }: Step): FaultKind[] {
  const kinds: FaultKind[] = [...effect.faults]
  if (effect.isRead !== true) kinds.push('crash-after', 'frozen')
  if (first) kinds.push('crash-before')
  return kinds
}

/**
 * The faults of some effects, in their order, without those that leave the same state as another one:
 *
 * - A sweep reads many shards in the same way, and most of them are empty. It is the same to refuse one empty shard or
 *   another one, so each sweep gets one such fault.
 * - If the deletion of messages is the last effect of its invocation, a crash after it is no fault at all. If it is
 *   refused, everything is done and no message is deleted, as after a crash behind the last write.
 */
export function faultsOf(steps: readonly Step[]): { step: Step; kind: FaultKind }[] {
  const lastOf = new Map(steps.map(({ invocation, number }) => [invocation, number]))
  const refused = new Set<Invocation>()
  return steps.flatMap((step) => {
    const { effect, invocation, number } = step
    const isKnown = effect.isOneOfEmpty === true && refused.has(invocation)
    if (effect.isOneOfEmpty === true) refused.add(invocation)
    const isOver = effect.isAcknowledgement === true && lastOf.get(invocation) === number
    const isLeftOut = (kind: FaultKind): boolean =>
      kind === 'refused' ? isKnown || isOver : kind === 'crash-after' && isOver
    return faultsAt(step).flatMap((kind) => (isLeftOut(kind) ? [] : { step, kind }))
  })
}

/** Pairs consist of crashes, lost responses and refusals. A repeat by the SDK and a freeze are only used alone. */
const isPaired = (kind: FaultKind): boolean => kind !== 'repeated' && kind !== 'frozen'

/** The schedules of one world and seed: without faults, with each single fault, and with each pair. */
export async function exploreExhaustively(
  scenario: Scenario,
  seed: number,
  depth: 1 | 2,
  heard: Listener,
  { part = { index: 0, of: 1 }, design = 'gateway' }: { part?: { index: number; of: number }; design?: Design } = {},
): Promise<void> {
  const course = new Course(scenario, seed, design)
  const hear = (result: RunResult, plan: Plan): boolean => heard(result, scenario, seed, plan)
  const base = await course.run(noFaults, course.start, { replay: true, rests: true })
  if (!hear(base, noFaults)) return
  let count = 0
  for (const { step, kind } of faultsOf(base.effects)) {
    count += 1
    if (count % part.of !== part.index) continue
    const plan: Plan = new Map([[step.number, kind]])
    const isDeep = depth === 2 && isPaired(kind)
    const single = await course.run(plan, restBefore(base, step), { replay: true, rests: isDeep })
    if (!hear(single, plan)) return
    if (!isDeep) continue
    // Later effects belong to the final replay, which pairs omit.
    const paired = single.effects.filter(({ number }) => number > step.number && number <= single.stepsBeforeReplay)
    for (const { step: later, kind: second } of faultsOf(paired).filter((fault) => isPaired(fault.kind))) {
      const both: Plan = new Map([...plan, [later.number, second]])
      const pair = await course.run(both, restBefore(single, later), { replay: false })
      if (!hear(pair, both)) return
    }
  }
}

/** One schedule of a large world with up to four random faults. */
export async function exploreRandomly(scenario: Scenario, seed: number, heard: Listener): Promise<boolean> {
  const random = seeded(seed * 7919 + 13)
  const plan = new Map<number, FaultKind>()
  const faults = random.below(5)
  // Most relevant effects happen early.
  for (let fault = 0; fault < faults; fault += 1) {
    plan.set(1 + random.below(random.pick([25, 60, 150, 400])), random.pick(faultKinds))
  }
  const replay = random.chance(0.25)
  return heard(await runSchedule({ scenario, seed, plan }, { replay }), scenario, seed, plan)
}

/** The smallest part of a plan that still breaks an invariant. */
export async function shrink(scenario: Scenario, seed: number, plan: Plan): Promise<Plan> {
  let smallest = plan
  for (let again = true; again;) {
    again = false
    for (const number of smallest.keys()) {
      const fewer = new Map([...smallest].filter(([other]) => other !== number))
      const { violation } = await runSchedule({ scenario, seed, plan: fewer }, { replay: true })
      if (violation === undefined) continue
      smallest = fewer
      again = true
      break
    }
  }
  return smallest
}
