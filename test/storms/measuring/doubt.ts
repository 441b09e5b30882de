import { accepts, isDown, losesTheCall } from '../../fakes/thing-space.ts'
import { aCallbackOf } from '../../fakes/world.ts'
import { freshBody } from './bodies.ts'
import type { Rehearsal } from './rehearsal.ts'

const samples = 6

/** Submissions that wait, and those that need a decision. */
export async function rehearseDoubt({ world, step }: Rehearsal): Promise<void> {
  for (let sample = 0; sample < samples; sample += 1) {
    world.thingSpace.will(losesTheCall)
    await world.order('download_enable', freshBody(1))
    world.advance(1201)
    await step('sweep: unconfirmed, to a decision', () => world.sweep())

    world.thingSpace.will(isDown, accepts)
    const { requestId } = await world.order('enable', freshBody(1))
    world.advance(1000)
    await step('sweep: waiting, sent again', () => world.sweep())
    await step('decide: retry', () => world.decide('retry', requestId))
    await world.deliver()
  }
}

/** Callbacks that nobody understands or expects, and devices that fail. They leave work to later sweeps. */
export async function rehearseTrouble({ world, step, changes }: Rehearsal): Promise<void> {
  for (let sample = 0; sample < samples; sample += 1) {
    await step('record: quarantined', () => world.callback([{ strange: `message ${sample}` }]))
    changes.take()
    await world.callback([aCallbackOf(`stranger-${sample}`, anyDevice)])
    await changes.deliver('project orphan', changes.take())

    await world.order('enable', freshBody(1))
    const { upstreamRequestId, call } = world.thingSpace.accepted.at(-1)!
    changes.take()
    await world.callback([aCallbackOf(upstreamRequestId, call.devices[0]!, 'failed')])
    await changes.deliver('project failed result', changes.take())
    await changes.deliver('project failure', changes.take())
  }
}

const anyDevice = [{ kind: 'imei', id: '350000000000006' }] as const
