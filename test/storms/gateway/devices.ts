import type { Work } from '../engine/timeline.ts'
import type { Piece } from './orders.ts'
import { pumpCallbacks } from './recording.ts'
import type { CallbackBody, StormWorld } from './storm-world.ts'

/** Every fifth device reports a warning before its result, and three callbacks in a hundred arrive twice. */
const warnings = 0.2
const duplicates = 0.03
/** The address of the callback endpoint answers in API Gateway itself. */

/** ThingSpace reports the devices of an accepted submission, each when it is ready. */
export function reportResults(world: StormWorld, piece: Piece): void {
  const { random, options } = world
  const reports: { at: number; isFinal: boolean }[] = []
  for (let device = 0; device < piece.state.deviceCount; device += 1) {
    const at = world.now + options.resultAfter(random)
    reports.push({ at, isFinal: true })
    if (random.chance(warnings)) reports.push({ at: world.now + (at - world.now) * random.next(), isFinal: false })
    if (random.chance(duplicates)) reports.push({ at: at + 1000 * random.next(), isFinal: false })
  }
  reports.sort((a, b) => a.at - b.at)
  world.timeline.start(deliver(world, piece, reports))
}

function* deliver(world: StormWorld, piece: Piece, reports: readonly { at: number; isFinal: boolean }[]): Work {
  for (const { at, isFinal } of reports) {
    if (at > world.now) yield at - world.now
    callBack(world, { piece, isFinal, takenAt: 0 }, 0)
  }
}

/** One callback at the endpoint. A refused one comes again if ThingSpace repeats it, and is lost otherwise. */
export function callBack(world: StormWorld, body: CallbackBody, tries: number): void {
  const { statistics, gateway, options, callbacks } = world
  statistics.httpCalls += 1
  if (gateway.admits('callback', world.now)) {
    statistics.callbacksTaken += 1
    statistics.queueRequests += 1
    body.takenAt = world.now
    body.piece.order.lastCallbackAt = world.now
    callbacks.queue.send({ body, now: world.now })
    return pumpCallbacks(world)
  }
  statistics.callbacksRefused += 1
  const pause = options.repeats[tries]
  if (pause !== undefined) return world.timeline.after(pause, () => callBack(world, body, tries + 1))
  if (body.isFinal) statistics.callbacksLost += 1
}
