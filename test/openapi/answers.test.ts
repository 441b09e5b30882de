import { expect, test } from 'vitest'
import { cloudEvent } from '../../lib/events/cloud-event.ts'
import { account, eidOf, localBody, someDevices } from '../builders.ts'
import { acceptsInSilence, isDown, losesTheCall, refuses, refusesOneDevice } from '../fakes/thing-space.ts'
import { aCallbackOf, type Answer, createWorld } from '../fakes/world.ts'
import { type NamedOperation, operation } from './document.ts'
import { faultsAt, outsideOf } from './schemas.ts'

const ordering = operation('POST /v1/devices/profile/actions/{action}')
const showing = operation('GET /v1/requests/{requestId}')
const listing = operation('GET /v1/requests')
const devices = operation('GET /v1/requests/{requestId}/devices')
const history = operation('GET /v1/devices/{kind}/{id}/requests')
const retrying = operation('POST /v1/requests/{requestId}/retry')
const cancelling = operation('POST /v1/requests/{requestId}/cancel')

const idOf = ({ body }: Answer) => (body as { requestId: string }).requestId
const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds

/** A world, and the deviations of its answers from the document. */
function watchedWorld(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  const faults: string[] = []
  const inside = (described: NamedOperation, answer: Answer, status: number) => {
    if (answer.status !== status) faults.push(`${described.key}: ${answer.status} instead of ${status}`)
    faults.push(...outsideOf(described, answer).map((fault) => `${described.key}: ${fault}`))
  }
  /** Every GET about one request, whatever its status. */
  const readAll = async (requestId: string) => {
    const path = { requestId }
    inside(showing, await world.get('/v1/requests/{requestId}', { path }), 200)
    for (const accept of ['application/json', 'text/csv', 'application/x-ndjson']) {
      inside(devices, await world.get('/v1/requests/{requestId}/devices', { path, headers: { accept } }), 200)
    }
    inside(listing, await world.get('/v1/requests', { query: { accountName: account } }), 200)
    const device = { kind: 'eid', id: eidOf(1) }
    inside(history, await world.get('/v1/devices/{kind}/{id}/requests', { path: device }), 200)
  }
  return { world, faults, inside, readAll }
}

test('the document describes the answers about a request that succeeds', async () => {
  const { world, faults, inside, readAll } = watchedWorld()
  const ordered = await world.submit('enable', localBody(2), { key: 'one' })
  inside(ordering, ordered, 202)
  await readAll(idOf(ordered))

  await world.callback([aCallbackOf('upstream-1', deviceAt(1)), aCallbackOf('upstream-1', deviceAt(2))])
  await world.settle()

  await readAll(idOf(ordered))
  const shown = await world.get('/v1/requests/{requestId}', { path: { requestId: idOf(ordered) } })
  const again = await world.get('/v1/requests/{requestId}', {
    path: { requestId: idOf(ordered) },
    headers: { 'if-none-match': shown.headers['etag']! },
  })
  inside(showing, again, 304)
  inside(ordering, await world.submit('enable', localBody(2), { key: 'one' }), 202)
  inside(ordering, await world.submit('enable', localBody(3), { key: 'one' }), 422)

  expect(faults).toEqual([])
})

test('the document describes the answers about a bulk request, page by page', async () => {
  const { world, faults, inside, readAll } = watchedWorld({
    settings: { devicesPerSubmission: { local: 1, device: 1, consumer: 1, global: 1 } },
  })
  const ordered = await world.submit('enable', localBody(30))
  inside(ordering, ordered, 202)
  await readAll(idOf(ordered))
  await world.settle()
  await readAll(idOf(ordered))

  const path = { requestId: idOf(ordered) }
  const page = await world.get('/v1/requests/{requestId}/devices', { path, query: { limit: '7' } })
  inside(devices, page, 200)
  expect(page.headers['link']).toBeDefined()

  expect(faults).toEqual([])
})

test('the document describes the answers about an unconfirmed request and its decisions', async () => {
  const { world, faults, inside, readAll } = watchedWorld()
  world.thingSpace.will(losesTheCall)
  const ordered = await world.submit('delete', localBody())
  inside(ordering, ordered, 202)
  await world.pass(40 * 60)
  await readAll(idOf(ordered))

  inside(cancelling, await world.decide('cancel', idOf(ordered)), 409)
  inside(retrying, await world.decide('retry', idOf(ordered)), 202)
  await world.settle()
  await readAll(idOf(ordered))
  inside(retrying, await world.decide('retry', idOf(ordered)), 409)

  expect(faults).toEqual([])
})

test('the document describes the answers about a request whose response was lost and whose callbacks arrived', async () => {
  const { world, faults, readAll } = watchedWorld()
  world.thingSpace.will(acceptsInSilence)
  const ordered = await world.submit('delete', localBody())
  world.advance(5)
  await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
  await world.pass(5 * 60)
  await readAll(idOf(ordered))

  expect(faults).toEqual([])
})

test('the document describes the answers about requests that are refused, split, delayed, abandoned and cancelled', async () => {
  const { world, faults, inside, readAll } = watchedWorld()
  world.thingSpace.will(refuses())
  const refused = await world.submit('enable', localBody())
  inside(ordering, refused, 400)
  await readAll(idOf(refused))

  world.thingSpace.will(refusesOneDevice(), refusesOneDevice())
  const split = await world.submit('enable', localBody(2))
  inside(ordering, split, 202)
  await world.settle()
  await readAll(idOf(split))

  world.thingSpace.will(isDown)
  const putOff = await world.submit('enable', localBody())
  inside(ordering, putOff, 202)
  inside(cancelling, await world.decide('cancel', idOf(putOff)), 202)
  await readAll(idOf(putOff))

  world.thingSpace.will(losesTheCall)
  const givenUp = await world.submit('delete', localBody())
  const body = { abandonUnconfirmed: true }
  inside(cancelling, await world.decide('cancel', idOf(givenUp), { body }), 202)
  await world.settle()
  await readAll(idOf(givenUp))

  expect(faults).toEqual([])
})

test('the document describes the answers to invalid calls', async () => {
  const { world, faults, inside } = watchedWorld()
  inside(ordering, await world.submit('explode', localBody()), 404)
  inside(ordering, await world.submit('enable', '{'), 400)
  inside(ordering, await world.submit('enable', { devices: [] }), 400)
  inside(ordering, await world.submit('enable', localBody(), { key: 'ö' }), 400)
  inside(ordering, await world.submit('enable', localBody(), { claims: { accounts: 'other' } }), 403)
  inside(ordering, await world.submit('enable', localBody(), { headers: { 'content-type': 'text/plain' } }), 415)
  const path = { requestId: 'nobody' }
  inside(showing, await world.get('/v1/requests/{requestId}', { path }), 404)
  inside(listing, await world.get('/v1/requests', { query: { limit: '-1' } }), 400)
  inside(history, await world.get('/v1/devices/{kind}/{id}/requests', { path: { kind: 'eid', id: '1' } }), 400)

  expect(faults).toEqual([])
})

test('the document describes the answers when nothing can be stored or a read fails', async () => {
  const { world, faults, inside } = watchedWorld()
  world.faults.store = () => true
  inside(ordering, await world.submit('enable', localBody()), 503)
  inside(showing, await world.get('/v1/requests/{requestId}', { path: { requestId: 'any' } }), 500)

  expect(faults).toEqual([])
})

test('the document describes the published events', async () => {
  const world = createWorld()
  await world.order('enable', localBody(2))
  await world.callback([aCallbackOf('upstream-1', deviceAt(1)), aCallbackOf('upstream-1', deviceAt(2), 'failed')])
  await world.settle()
  world.thingSpace.will(losesTheCall)
  await world.order('delete', localBody())
  await world.pass(40 * 60)

  const seen = new Set<string>()
  for (const event of world.topic.published) {
    seen.add(event.type)
    const schema = ['webhooks', event.type, 'post', 'requestBody', 'content', 'application/json', 'schema']
    expect(faultsAt(schema, cloudEvent(event, 'whole'))).toEqual([])
  }
  expect(seen.size).toBeGreaterThan(3)
})

test('the check notices a member that is missing in the document', async () => {
  const world = createWorld()
  const answer = await world.submit('enable', localBody())
  expect(outsideOf(ordering, { ...answer, body: { ...(answer.body as object), surprise: 1 } })).not.toEqual([])
  expect(outsideOf(ordering, { ...answer, status: 418 })).not.toEqual([])
  expect(outsideOf(ordering, { ...answer, headers: {} })).not.toEqual([])
})
