import { accepts, isDown, losesTheCall } from '../../fakes/thing-space.ts'
import { aCallbackOf } from '../../fakes/world.ts'
import { freshBody } from './bodies.ts'
import { deliverOne } from './changes.ts'
import type { Rehearsal } from './rehearsal.ts'

const samples = 10

/** Orders of one device: accepted at once, after two refusals for now, and after two lost answers. */
export async function rehearseSingleOrders({ world, step, changes, flow }: Rehearsal): Promise<void> {
  for (let sample = 0; sample < samples; sample += 1) {
    await step('single: order accepted', () => world.order('download_enable', freshBody(1)))
    await changes.project('single')
    const { upstreamRequestId, call } = world.thingSpace.accepted.at(-1)!
    changes.take()
    await world.callback([aCallbackOf(upstreamRequestId, call.devices[0]!)])
    await changes.deliver('single: project result', changes.take())
    await changes.deliver('single: project final request', changes.take())

    world.thingSpace.will(isDown, isDown, accepts)
    await step('single: order not accepted', () => world.order('enable', freshBody(1)))
    changes.take()
    world.advance(900)
    await deliverOne(world, step, 'single: attempt not accepted')
    await changes.project('single, refused')
    world.advance(900)
    await deliverOne(world, step, 'single: attempt accepted')

    world.thingSpace.will(losesTheCall, losesTheCall, accepts)
    await step('single: order unknown', () => world.order('enable', freshBody(1)))
    world.advance(61)
    await step('sweep: unconfirmed, repeated', () => world.sweep())
    await deliverOne(world, step, 'single: attempt unknown')
    world.advance(901)
    await world.sweep()
    await world.deliver()
    flow.holds = 'failing'
    await step('single: order held', () => world.order('enable', freshBody(1)))
    await deliverOne(world, step, 'single: part')
    await deliverOne(world, step, 'single: attempt held')
    flow.holds = undefined
    world.advance(301)
    await world.deliver()
    await world.sweep()
    await world.deliver()
    changes.take()
    await step('sweep: nothing', () => world.sweep())
  }
}
