import { describe, expect, test } from 'vitest'
import { cloudEvent } from '../../lib/events/cloud-event.ts'
import { localBody } from '../builders.ts'
import { aCallbackOf, createWorld, type World } from '../fakes/world.ts'
import { isDown } from '../fakes/thing-space.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const sent = `00-${traceId}-b7ad6b7169203331-01`
const wellFormed = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/

const partsOf = (traceparent: string | undefined) => {
  const [, trace, span, flags] = wellFormed.exec(traceparent ?? '') ?? []
  return { trace, span, flags }
}

const order = (world: World, traceparent?: string, count = 1) =>
  world.submit('download_enable', localBody(count), { headers: traceparent === undefined ? {} : { traceparent } })

const tracesIn = (world: World) =>
  world.topic.published.map((event) => {
    const written = cloudEvent(event, 'whole')
    return 'traceparent' in written ? written.traceparent : undefined
  })

describe('the trace of a caller', () => {
  test('continues in the answer, the call to ThingSpace, the events and the log, with a span of our own', async () => {
    const world = createWorld()
    const answer = await order(world, sent)
    const own = answer.headers['traceparent']
    expect(partsOf(own)).toMatchObject({ trace: traceId, flags: '01' })
    expect(own).not.toBe(sent)

    const [call] = world.thingSpace.accepted
    expect(partsOf(call?.call.traceparent)).toMatchObject({ trace: traceId, flags: '01' })
    expect(call?.call.traceparent).not.toBe(own)

    await world.settle()
    await world.callback([aCallbackOf(call?.upstreamRequestId ?? '', call?.call.devices[0] ?? [])])
    await world.settle()
    const { requestId } = answer.body as { requestId: string }
    const shown = await world.get('/v1/requests/{requestId}', { path: { requestId } })
    expect(shown.headers['traceparent']).toBe(own)
    expect(tracesIn(world).length).toBeGreaterThan(1)
    expect(new Set(tracesIn(world))).toEqual(new Set([own]))
    const lines = world.log.lines.filter(({ fields }) => fields['traceId'] === traceId).map(({ message }) => message)
    expect(lines).toEqual(
      expect.arrayContaining(['request recorded', 'attempt started', 'attempt finished', 'request completed']),
    )
  })

  test('continues through the queue, with another span for each attempt', async () => {
    const world = createWorld()
    world.thingSpace.will(isDown)
    await order(world, sent)
    await world.pass(600)
    const traces = world.thingSpace.calls.map(({ traceparent }) => partsOf(traceparent))
    expect(traces.length).toBeGreaterThan(1)
    expect(traces.every(({ trace }) => trace === traceId)).toBe(true)
    expect(new Set(traces.map(({ span }) => span)).size).toBe(traces.length)
  })

  test('continues in each submission of a bulk request', async () => {
    const world = createWorld()
    await order(world, sent, 250)
    await world.settle()
    const traces = world.thingSpace.calls.map(({ traceparent }) => partsOf(traceparent))
    expect(traces.map(({ trace }) => trace)).toEqual([traceId, traceId, traceId])
    expect(new Set(traces.map(({ span }) => span)).size).toBe(3)
  })

  test('stays the trace of the first call when the order is repeated with another one', async () => {
    const world = createWorld()
    const call = { key: 'k', headers: { traceparent: sent } }
    const first = await world.submit('download_enable', localBody(), call)
    const other = { key: 'k', headers: { traceparent: sent.replaceAll('0a', '1b') } }
    const second = await world.submit('download_enable', localBody(), other)
    expect(second.headers['traceparent']).toBe(first.headers['traceparent'])
  })
})

test.each([
  ['no traceparent', undefined],
  ['an empty traceparent', ''],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
  ['a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['capital letters', sent.toUpperCase()],
  ['a version that is not known', `01${sent.slice(2)}`],
  ['a megabyte of text', `${sent}-${'x'.repeat(1_000_000)}`],
  ['two headers joined', `${sent},${sent}`],
  ['a line break', `${sent.slice(0, 54)}\n`],
])('an order with %s gets a new trace', async (_, traceparent) => {
  const world = createWorld()
  const own = (await order(world, traceparent)).headers['traceparent']
  expect(partsOf(own).trace).toMatch(/^[\da-f]{32}$/)
  expect(partsOf(own)).not.toMatchObject({ trace: traceId })
  expect(partsOf(own).flags).toBe('00')
  expect(world.log.text()).not.toContain('xxxxxxxx')
})

test('two orders without a trace get different ones', async () => {
  const world = createWorld()
  const [one, other] = [await order(world), await order(world)]
  expect(one.headers['traceparent']).not.toBe(other.headers['traceparent'])
})
