import { equals, type Item } from '../fakes/dynamodb/values.ts'
import { checkEnd, tableText } from './finish.ts'
import type { Design } from './naive.ts'
import type { Plan } from './plan.ts'
import type { Settings } from '../../lib/profile/request/settings.ts'
import type { Scenario } from './scenario.ts'
import type { Step } from './scheduler.ts'
import { sameButForVersion } from './versions.ts'
import { Violation } from './violation.ts'
import { World } from './world.ts'

export type Schedule = { scenario: Scenario; seed: number; plan: Plan; design?: Design; maximumSteps?: number }
/** `callbacks`: number of callbacks that the endpoint accepted. `seconds`: virtual time. */
export type RunResult = {
  steps: number
  /** Effects before the final replay. */
  stepsBeforeReplay: number
  violation: string | undefined
  callbacks: number
  seconds: number
}

/** Runs one schedule and returns the invariant that it broke, if any. */
export async function runSchedule(
  schedule: Schedule,
  options: { replay?: boolean; onStep?: (step: Step) => void } = {},
): Promise<RunResult> {
  const { onStep, replay = false } = options
  const world = new World({ ...schedule, ...(onStep === undefined ? {} : { onStep }) })
  world.begin()
  return runOut(world, replay)
}

/** Runs a world from its current state to its end and returns the invariant that it broke, if any. */
export async function runOut(world: World, replay: boolean): Promise<RunResult> {
  let stepsBeforeReplay: number | undefined
  const result = (violation: string | undefined): RunResult => ({
    steps: world.scheduler.steps,
    stepsBeforeReplay: stepsBeforeReplay ?? world.scheduler.steps,
    violation,
    callbacks: world.taken.length,
    seconds: world.seconds,
  })
  try {
    await world.goOn()
    checkEnd(world)
    stepsBeforeReplay = world.scheduler.steps
    world.scheduler.atRest = undefined
    // Otherwise items that were deleted meanwhile would be written again.
    if (replay && world.deletesUntil === undefined) await replayEverything(world)
    return result(undefined)
  } catch (error) {
    return result(describe(error))
  }
}

const describe = (error: unknown): string =>
  error instanceof Violation
    ? error.message
    : error instanceof Error
      ? `${error.name}: ${error.message}\n${error.stack}`
      : String(error)

/** I6: delivering every message, callback and change again, out of order and hours later, does not change the table. */
async function replayEverything(world: World): Promise<void> {
  const before = new Map(world.watch.items)
  for (const queue of world.queues) for (const message of queue.messages) queue.deliverAgain(message)
  world.stream.replay(world.dynamoDb.stream.changes)
  await world.scheduler.run()
  const after = world.watch.items
  const { rollout, settings } = world.scenario
  const same = rollout === undefined ? (one: Item, other: Item) => sameContent(one, other, settings) : sameButForVersion
  const changed = [...new Set([...before.keys(), ...after.keys()])].find((key) => !isSame(before, after, key, same))
  if (changed === undefined) return
  const textOf = (items: ReadonlyMap<string, Item>): string => {
    const item = items.get(changed)
    return item === undefined ? 'nothing' : tableText(new Map([[changed, item]]))
  }
  throw new Violation('I6 idempotent', `a replay changed the table:\n${difference(textOf(before), textOf(after))}`)
}

/**
 * A large request is summarised again for redelivered results. Its version may change, and so may the version at
 * which a summary was requested. After this change the sweeps of a world continue, and so do their checks of orphans.
 */
function sameContent(one: Item, other: Item, { summariseAtOnceUpTo }: Settings): boolean {
  if (equals(one, other)) return true
  if (one['entity'] === 'orphan') return equals(without(one, 'dueAt'), without(other, 'dueAt'))
  const isLarge = one['entity'] === 'request' && Number(one['deviceCount']) > summariseAtOnceUpTo
  return isLarge && equals(without(one, 'version', 'askedAt'), without(other, 'version', 'askedAt'))
}

const without = (item: Item, ...names: string[]): Item =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)))

/** A write that changes nothing leaves no change, so an item that is a new object has usually been changed. */
function isSame(
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
  key: string,
  same: (one: Item, other: Item) => boolean,
): boolean {
  const was = before.get(key)
  const is = after.get(key)
  return was === is || (was !== undefined && is !== undefined && same(was, is))
}

function difference(before: string, after: string): string {
  let at = 0
  while (before[at] === after[at]) at += 1
  const from = Math.max(0, at - 300)
  return `${before.slice(from, at + 200)}\n---\n${after.slice(from, at + 200)}`
}
