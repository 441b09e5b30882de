import { isDown, losesTheCall } from '../../fakes/thing-space.ts'
import { aCallbackOf } from '../../fakes/world.ts'
import { freshBody } from './bodies.ts'
import { deliverOne, kindOf } from './changes.ts'
import type { Rehearsal } from './rehearsal.ts'

const devicesOfRefused = 300
const largestBatch = 10

/** A bulk order from its acceptance to its last summary. A smaller one is refused for now at first. */
export async function rehearseBulkOrder(rehearsal: Rehearsal, devices: number): Promise<void> {
  await rehearseRefused(rehearsal)
  const { world, step, changes } = rehearsal
  const before = world.thingSpace.accepted.length
  const sent = world.queue.sent.length
  await step('bulk: order', () => world.order('download_enable', freshBody(devices)))
  const parts = world.queue.sent.length - sent
  for (let part = 0; part < parts; part += 1) await deliverOne(world, step, 'bulk: part')
  while (await deliverOne(world, step, 'bulk: attempt accepted'));
  await changes.project('bulk')
  const accepted = world.thingSpace.accepted.slice(before)
  await rehearseCallbacks(rehearsal, accepted.slice(0, accepted.length / 2))
  world.advance(61)
  await step('sweep: bulk summary, half', () => world.sweep())
  changes.take()
  await rehearseCallbacks(rehearsal, accepted.slice(accepted.length / 2))
  world.advance(61)
  await step('sweep: bulk summary, whole', () => world.sweep())
  await changes.project('bulk, final')
}

/** Leaves nothing to do. */
async function rehearseRefused({ world, step, changes }: Rehearsal): Promise<void> {
  await world.order('enable', freshBody(devicesOfRefused))
  world.thingSpace.will(isDown, losesTheCall)
  await deliverOne(world, (_, work) => work(), '')
  await deliverOne(world, step, 'bulk: attempt not accepted')
  await deliverOne(world, step, 'bulk: attempt unknown')
  changes.take()
  for (const seconds of [61, 900, 901]) {
    world.advance(seconds)
    await world.sweep()
    await world.deliver()
  }
  changes.take()
}

/** Callbacks in batches of 1 to 10, and their results in batches of the stream. */
async function rehearseCallbacks(
  { world, step, changes }: Rehearsal,
  accepted: Rehearsal['world']['thingSpace']['accepted'],
): Promise<void> {
  let size = 0
  for (const { upstreamRequestId, call } of accepted) {
    const bodies = call.devices.map((device) => aCallbackOf(upstreamRequestId, device))
    changes.take()
    while (bodies.length > 0) {
      size = (size % largestBatch) + 1
      const batch = bodies.splice(0, size)
      await step(`record: ${batch.length}`, () => world.callback(batch))
    }
    const results = changes.take().filter((record) => kindOf(record) === 'result')
    await changes.deliver('bulk: project first result', results.slice(0, 1))
    await changes.deliver('bulk: project 1 result', results.slice(1, 2))
    await changes.deliver('bulk: project 90 results', results.slice(2, 92))
    changes.take()
  }
}
