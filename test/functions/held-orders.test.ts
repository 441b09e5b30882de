import { expect, test } from 'vitest'
import * as z from 'zod'
import { orderFor } from '../builders.ts'
import { isDown, throttles } from '../fakes/thing-space.ts'
import { createWorld } from '../fakes/world.ts'
import { faultsAt } from '../openapi/schemas.ts'
import { opsBench } from '../ops/bench.ts'

/** An order that waits because all calls of its credential set have failed. */
async function held() {
  const world = createWorld()
  world.thingSpace.otherwise = isDown
  for (let card = 10; card < 22; card += 1) await world.order('delete', orderFor(card))
  const { requestId } = await world.order('delete', orderFor(2))
  await world.pass(30)
  return { world, requestId, path: { requestId } }
}

const Next = z.object({ next: z.object({ why: z.string() }) })

test('a held order is explained alike by the request, its timeline and the command line', async () => {
  const { world, requestId, path } = await held()
  const request = await world.get('/v1/requests/{requestId}', { path })
  const { why } = Next.parse(request.body).next
  expect(why).toMatch(/^All recent calls .* Held since \S+Z, without using up an attempt\.$/)

  expect(faultsAt(['components', 'schemas', 'Request'], request.body)).toEqual([])
  const timeline = await world.get('/v1/requests/{requestId}/timeline', { path })
  expect(JSON.stringify(timeline.body)).toContain(why)
  const shown = await opsBench(world).ops(`show ${requestId} --iso`)
  expect(shown.text.replaceAll(/\s+/g, ' ')).toContain(why)
})

test('a held order is sent within four minutes after an operator has ended a long pause', async () => {
  const world = createWorld()
  world.thingSpace.will(throttles(3600))
  await world.order('enable', orderFor(1))
  world.advance(6)
  const { requestId } = await world.order('enable', orderFor(2))
  await world.pass(600)
  expect(world.thingSpace.accepted).toEqual([])

  await opsBench(world).ops('flow resume default')
  await world.pass(245)

  expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
})

test('being held leaves nothing in the timeline and the evidence of an order, however often it is', async () => {
  const { world, requestId, path } = await held()
  const past = async () => {
    const timeline = await world.get('/v1/requests/{requestId}/timeline', { path })
    const evidence = await world.get('/v1/requests/{requestId}/evidence', { path })
    return {
      timeline: z.object({ items: z.array(z.object({ what: z.string() })) }).parse(timeline.body).items,
      evidence: z
        .object({ entries: z.array(z.object({ entry: z.looseObject({ kind: z.string() }) })) })
        .parse(evidence.body).entries.length,
    }
  }
  const before = await past()
  await world.pass(3_600)

  const times = world
    .items()
    .flatMap((item) =>
      item['entity'] === 'submission' && item['requestId'] === requestId
        ? [z.object({ times: z.number() }).parse(item['held']).times]
        : [],
    )
  expect(times[0]).toBeGreaterThan(5)
  expect(await past()).toEqual(before)
  expect(before.timeline.filter(({ what }) => what.startsWith('attempt'))).toEqual([])
})

test('an error page whose words begin with its status is told once, in the request and its timeline', async () => {
  const world = createWorld()
  const error = { status: 503, message: '503 Service Unavailable' }
  world.thingSpace.will({ accepts: false, answers: () => ({ kind: 'not-accepted', cause: 'unavailable', error }) })
  const { requestId } = await world.order('delete', orderFor(2))
  const { body } = await world.get('/v1/requests/{requestId}', { path: { requestId } })
  expect(Next.parse(body).next.why).toContain('Attempt 1 was not accepted (503 Service Unavailable).')
  const timeline = await world.get('/v1/requests/{requestId}/timeline', { path: { requestId } })
  expect(JSON.stringify(timeline.body)).toContain('not-accepted: unavailable, 503 Service Unavailable')
})
