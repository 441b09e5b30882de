import type { Message } from '../../capacity/sqs/queue.ts'
import { callMilliseconds, Throttled } from '../engine/table-calls.ts'
import type { Work } from '../engine/timeline.ts'
import { deployed } from './deployed.ts'
import { putChange } from './projecting.ts'
import type { CallbackBody, StormWorld } from './storm-world.ts'

const waking = new WeakSet<StormWorld>()

/** Begins batches for the visible callbacks, as many as Lambda allows. */
export function pumpCallbacks(world: StormWorld): void {
  const { queue, source } = world.callbacks
  while (queue.waiting(world.now) > 0 && source.begin(world.now)) {
    const batch = queue.receive(deployed.callbacks.batchSize, world.now)
    if (batch.length === 0) {
      source.end()
      break
    }
    world.statistics.queueRequests += 2
    const ended = () => {
      source.end()
      pumpCallbacks(world)
    }
    if (!world.invoke('record', () => record(world, batch), ended)) source.end()
  }
  world.statistics.callbacksWaiting.note(world.now, queue.waiting(world.now))
  if (waking.has(world)) return
  const next = queue.waiting(world.now) > 0 ? world.now + 1000 : queue.nextVisibleAt
  if (next === Infinity) return
  waking.add(world)
  world.timeline.at(next, () => {
    waking.delete(world)
    pumpCallbacks(world)
  })
}

/** The callbacks of a batch are written at the same time, and one that fails does not affect the others. */
function* record(world: StormWorld, batch: readonly Message<CallbackBody>[]): Work {
  yield world.processorTime(world.recipe(`record: ${batch.length}`))
  const { rounds } = world.recipe('record: 1')
  const writing = new Set<Message<CallbackBody>>(batch)
  for (const message of batch) {
    const write = function* (): Work {
      try {
        yield* world.calls.replay(rounds, message.body.piece.subject)
        finish(world, message)
      } catch (error) {
        // The message becomes visible again after its time-out.
        if (!(error instanceof Throttled)) throw error
      }
      writing.delete(message)
    }
    world.timeline.start(write())
  }
  while (writing.size > 0) yield callMilliseconds
}

function finish(world: StormWorld, message: Message<CallbackBody>): void {
  const { piece, isFinal, takenAt } = message.body
  world.callbacks.queue.delete(message, world.now)
  world.statistics.recordedAfter.add(world.now - takenAt)
  if (isFinal) piece.recorded += 1
  putChange(world, { kind: 'result', piece, isFinal })
}
