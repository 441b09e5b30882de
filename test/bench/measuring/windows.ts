import { createWorld, aCallbackOf, type World } from '../../fakes/world.ts'
import { newOrder } from './orders.ts'

/** The event sources of record-callbacks and project-changes: messages in a batch, and both windows in milliseconds. */
export type Windows = { batchSize: number; callbacksWindow: number; changesWindow: number }

/** Orders of equally many devices, whose callbacks arrive evenly over some seconds. */
export type Arrivals = { orders: number; devices: number; seconds: number }

export type Windowed = {
  calls: { record: number; project: number }
  /** Units from the first callback to the final status. */
  writeUnits: number
  readUnits: number
  /** Virtual milliseconds from the arrival of a callback: until its result is stored, and until its order is told. */
  readable: number[]
  told: number[]
}

/** Lambda reads a shard four times a second, and receives from a queue by long polls, which return at once. */
const shardPoll = 250
const tick = 10

/**
 * Counts calls, units and waiting times of one set of windows in virtual time. Functions take no time, so the waiting
 * times are those of the event sources alone. A shard has one lane.
 */
export async function countWindowed(windows: Windows, { orders, devices, seconds }: Arrivals): Promise<Windowed> {
  let isChanged = false
  const world = createWorld({ observe: ({ command }) => void (isChanged ||= !/Get|Query|Scan/.test(command)) })
  for (let made = 0; made < orders; made += 1) await world.order('download_enable', newOrder(devices, '9016'))
  while ((await world.deliver()) + (await world.stream()) > 0);
  const before = { ...world.meter(), events: world.topic.published.length }
  const calls = countCalls(world)
  const begun = world.now()
  const arriving = bodiesOf(world).map(({ requestId, body }, index, all) => ({
    at: begun + tick * Math.floor((index * seconds * 1000) / all.length / tick),
    requestId,
    body,
  }))
  const arrivedAt = new Map(arriving.map(({ requestId, at }) => [requestId, at]))
  const queue: typeof arriving = []
  const readable: number[] = []
  const told: number[] = []
  isChanged = false
  let windowEnds = Infinity
  let heard = before.events
  while (arriving.length + queue.length > 0 || isChanged) {
    const now = world.now()
    while (arriving[0] !== undefined && arriving[0].at <= now) queue.push(...arriving.splice(0, 1))
    while (
      queue[0] !== undefined &&
      (queue.length >= windows.batchSize || queue[0].at + windows.callbacksWindow <= now)
    ) {
      const batch = queue.splice(0, windows.batchSize)
      await world.callback(batch.map(({ body }) => body))
      readable.push(...batch.map(({ at }) => now - at))
    }
    if ((now - begun) % shardPoll === 0) {
      if (windowEnds === Infinity && isChanged) windowEnds = now + windows.changesWindow
      if (windowEnds <= now) {
        isChanged = false
        windowEnds = Infinity
        await world.stream()
      }
      for (const event of world.topic.published.slice(heard))
        if (event.type === 'request.completed') told.push(now - (arrivedAt.get(event.requestId) ?? Number.NaN))
      heard = world.topic.published.length
    }
    world.advance(tick / 1000)
  }
  await finish(world)
  const { writeUnits, readUnits } = world.meter()
  return {
    calls,
    writeUnits: writeUnits - before.writeUnits,
    readUnits: readUnits - before.readUnits,
    readable,
    told,
  }
}

/** Lets the sweep compute the summaries of large requests. */
async function finish(world: World): Promise<void> {
  world.advance(60)
  await world.sweep()
  while ((await world.stream()) > 0);
}

function countCalls({ handlers }: World): Windowed['calls'] {
  const calls = { record: 0, project: 0 }
  const { record, project } = handlers
  handlers.record = (...call) => {
    calls.record += 1
    return record(...call)
  }
  handlers.project = (...call) => {
    calls.project += 1
    return project(...call)
  }
  return calls
}

/** One callback for each ordered device. Those of different orders alternate. */
function bodiesOf({ thingSpace, itemsOf }: World) {
  const textIn = (value: unknown) => (typeof value === 'string' ? value : '')
  const requestOf = new Map(
    itemsOf('owner').map(({ pk, requestId }) => [textIn(pk).split('#').at(-1), textIn(requestId)]),
  )
  return thingSpace.accepted.flatMap(({ upstreamRequestId, call }) =>
    call.devices.map((device) => ({
      requestId: requestOf.get(upstreamRequestId) ?? '',
      body: aCallbackOf(upstreamRequestId, device),
    })),
  )
}
