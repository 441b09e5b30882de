import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createHandler as queryRequests } from '../../functions/query-requests.ts'
import { createHandler as submitProfileAction } from '../../functions/submit-profile-action.ts'
import { readWait } from '../../lib/http/requests/prefer-wait.ts'
import type { RequestView } from '../../lib/profile/status/request-view.ts'
import { anAccess, aSetting, context, getEvent, localBody, someDevices, submitEvent } from '../builders.ts'
import { refuses } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, type World } from '../fakes/world.ts'

/** Handlers whose sleep lets the world's time pass. `during` runs after each pause, with the seconds that have passed. */
function waitingIn(world: World, during: (seconds: number) => Promise<void> = async () => undefined) {
  const start = world.now()
  let pauses = 0
  const shared = {
    store: world.store,
    access: anAccess(),
    settings: aSetting(),
    clock: world.now,
    log: world.log,
    async sleep(milliseconds: number) {
      pauses += 1
      world.advance(milliseconds / 1000)
      await during((world.now() - start) / 1000)
    },
  }
  const query = queryRequests(shared)
  const submit = submitProfileAction({
    ...shared,
    queue: world.queue,
    admit: world.admit,
    flow: world.newFlow(),
    thingSpace: world.thingSpace,
    random: () => 0.5,
    newId: () => `waited-${Math.round(world.now())}-${Math.random()}`,
    budgetMilliseconds: 20_000,
    recordMilliseconds: 5_000,
  })
  return {
    seconds: () => (world.now() - start) / 1000,
    pauses: () => pauses,
    async show(requestId: string, waitSeconds: string, ifNoneMatch?: string) {
      const headers = ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }
      const {
        statusCode,
        headers: got,
        body,
      } = await query(getEvent(requestId, { query: { waitSeconds }, headers }), context)
      const view = statusCode === 200 ? (JSON.parse(body ?? '') as RequestView) : undefined
      return { status: statusCode, etag: String(got?.['etag']), view }
    },
    async order(prefer: string) {
      const { statusCode, headers, body } = await submit(
        submitEvent('enable', localBody(1), { headers: { prefer } }),
        context,
      )
      return {
        status: statusCode,
        applied: headers?.['preference-applied'],
        body: JSON.parse(body ?? '') as RequestView,
      }
    },
  }
}

const succeed = async (world: World, upstream = 'upstream-1') => {
  await world.callback(aCallbackOf(upstream, someDevices(1)[0]!.deviceIds))
  await world.stream()
}

async function openRequest(devices = 1) {
  const world = createWorld()
  const { requestId } = await world.order('enable', localBody(devices))
  await world.settle()
  return { world, requestId }
}

describe('GET of a request with waitSeconds', () => {
  test('answers as soon as the state changes', async () => {
    const { world, requestId } = await openRequest()
    const waiting = waitingIn(world, async (seconds) => {
      await world.stream()
      if (seconds >= 5) await succeed(world)
    })

    const { status, view } = await waiting.show(requestId, '20')

    expect({ status, state: view?.status }).toEqual({ status: 200, state: 'succeeded' })
    expect(waiting.seconds()).toBeLessThan(8)
  })

  test('answers 304 after the time if nothing changed, and 200 without If-None-Match', async () => {
    const { world, requestId } = await openRequest()
    const { etag } = await waitingIn(world).show(requestId, '0')
    const known = waitingIn(world)
    const first = await known.show(requestId, '10', etag)
    const knownSeconds = known.seconds()
    const unknown = waitingIn(world)
    const second = await unknown.show(requestId, '10')

    expect([first.status, knownSeconds]).toEqual([304, 10])
    expect([second.status, second.etag, unknown.seconds()]).toEqual([200, etag, 10])
  })

  test('does not wait if the state differs from If-None-Match, or is final', async () => {
    const { world, requestId } = await openRequest()
    const waiting = waitingIn(world)
    const { status } = await waiting.show(requestId, '20', '"another"')
    await succeed(world)
    const final = await waiting.show(requestId, '20')
    const again = await waiting.show(requestId, '20', final.etag)

    expect([status, final.status, again.status]).toEqual([200, 200, 304])
    expect(waiting.seconds()).toBe(0)
  })

  test('shows a result at the end of the wait that the stored summary does not have yet', async () => {
    const { world, requestId } = await openRequest()
    let told = false
    const waiting = waitingIn(world, async () => {
      if (told) return
      told = true
      await world.callback(aCallbackOf('upstream-1', someDevices(1)[0]!.deviceIds))
    })

    expect((await waiting.show(requestId, '3')).view?.status).toBe('succeeded')
  })

  test('answers when outstanding devices expire, although nothing is written then', async () => {
    const { world, requestId } = await openRequest()
    const { next } = await world.show(requestId)
    world.advance((Date.parse(next?.at ?? '') - world.now()) / 1000 - 5)
    const waiting = waitingIn(world)

    expect((await waiting.show(requestId, '20')).view?.status).toBe('expired')
    expect(waiting.seconds()).toBeLessThan(8)
  })

  test('waits for 20 seconds at most, and refuses what is no number', async () => {
    const { world, requestId } = await openRequest()
    const waiting = waitingIn(world)

    expect((await waiting.show(requestId, '3600')).status).toBe(200)
    expect(waiting.seconds()).toBe(20)
    expect((await waiting.show(requestId, 'long')).status).toBe(400)
  })

  test.each([
    { devices: 1, name: 'a wait of 20 s for a request of 1 device' },
    { devices: 10_000, name: 'a wait of 20 s for a request of 10,000 devices' },
  ])('costs the reads that docs/cost.md says for $devices devices', async ({ devices, name }) => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/cost.md'), 'utf8')
    const told = Number(new RegExp(`^\\| ${name} +\\|(.*)\\|$`, 'm').exec(page)?.[1])
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(devices))
    const waiting = waitingIn(world)
    const before = world.meter().readUnits
    await waiting.show(requestId, '0')
    const between = world.meter().readUnits
    await waiting.show(requestId, '20')

    // Without the one reading that every call makes.
    expect(world.meter().readUnits - between - (between - before)).toBe(told)
  })
})

describe('Prefer: wait on an order', () => {
  test('answers 202 with the final state', async () => {
    const world = createWorld()
    const waiting = waitingIn(world, async (seconds) => {
      await world.stream()
      if (seconds >= 3) await succeed(world)
    })

    const { status, applied, body } = await waiting.order('respond-async, wait=15')

    expect({ status, applied, state: body.status, final: body.final }).toEqual({
      status: 202,
      applied: 'wait=15',
      state: 'succeeded',
      final: true,
    })
    expect(waiting.seconds()).toBeLessThan(6)
  })

  test('answers 202 with the open state when the time is over', async () => {
    const waiting = waitingIn(createWorld())

    const { status, body } = await waiting.order('wait=100')

    expect([status, body.final, waiting.seconds()]).toEqual([202, false, 20])
  })

  test('answers a refusal of ThingSpace at once', async () => {
    const world = createWorld()
    world.thingSpace.will(refuses())
    const waiting = waitingIn(world)

    expect([(await waiting.order('wait=20')).status, waiting.seconds()]).toEqual([400, 0])
  })

  test.each([
    ['wait=5', 5],
    ['respond-async, wait=10', 10],
    ['wait="7"; foo=bar', 7],
    ['WAIT = 30', 20],
    ['wait', undefined],
    ['wait=-1', undefined],
    ['waiting=5', undefined],
    ['', undefined],
  ])('reads %j as %s seconds', (header, seconds) => expect(readWait(header)).toBe(seconds))
})
