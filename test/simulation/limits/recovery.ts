import { Violation } from '../violation.ts'
import type { World } from '../world.ts'

/** How much longer one fault may delay an order: a lease, a grace period, and a sweep after each. */
const secondsOfFault = 900
/** After so many calls the limit has risen, although the first ones may not be counted. */
const manyCalls = 6

/** Every ordered device was sent soon after ThingSpace took calls again, and the limit of calls has risen. */
export function checkRecovery(world: World): void {
  const { scenario, scheduler, thingSpace, watch } = world
  const { recovers } = scenario
  if (recovers === undefined) return
  const faults = scheduler.plan.size
  const latest = recovers.afterSeconds + recovers.withinSeconds + faults * secondsOfFault
  for (const { mark, spec } of world.orders) {
    const sentAt = new Map<number, number>()
    for (const { order, subjects, at } of thingSpace.accepted)
      if (order === mark) for (const { card } of subjects) sentAt.set(card, Math.min(at, sentAt.get(card) ?? Infinity))
    for (let card = spec.firstDevice; card < spec.firstDevice + spec.devices; card += 1) {
      const seconds = world.secondsAt(sentAt.get(card) ?? Infinity)
      if (seconds > latest)
        throw new Violation(
          'I22 held',
          `card ${card} of ${mark} was sent ${seconds} s after the start (at most ${latest})`,
        )
    }
  }
  if (faults === 0 && scenario.resumesAt !== undefined && watch.flow.resumes === 0)
    throw new Violation('I21 flow', 'no operator ended a pause')
  if (faults === 0 && watch.flow.slots > 0)
    throw new Violation('I21 flow', `${watch.flow.slots} slots are left although every call has ended`)
  const since = thingSpace.accepted.filter(({ at }) => at >= watch.flow.loweredAt).length
  if (faults === 0 && since >= manyCalls && watch.flow.limit === 1)
    throw new Violation('I21 flow', `the limit is still one call after ${since} accepted calls`)
}
