import { expect, test } from 'vitest'
import { ActionName } from '../../lib/profile/order/action-names.ts'
import { actions } from '../../lib/profile/order/actions.ts'
import { createThingSpaceClient } from '../../lib/thingspace/client.ts'
import { apiEvent } from '../builders.ts'
import { createWorld } from '../fakes/world.ts'
import { scriptedServer } from '../lib/thingspace/scripted-server.ts'
import { world as thingSpaceWorld } from '../lib/thingspace/world.ts'
import { orders } from './orders.ts'

const pathOf = (action: string) => `/m2m/v1/devices/profile/actions/${action}`

test.each(orders)('the gateway accepts $file and forwards it unchanged', async ({ action, path, body, reading }) => {
  const world = createWorld()

  const answer = await world.send(
    apiEvent({
      route: `POST ${(path ?? pathOf('{action}')).replace(/[^/]+$/, '{action}')}`,
      path: { action },
      body,
      headers: {},
    }),
  )

  expect(answer).toMatchObject({ status: 202, body: { action, family: reading.family, status: 'submitted' } })
  const { warnings = [] } = answer.body as { warnings?: { pointer: string; code: string }[] }
  expect(warnings.map(({ pointer, code }) => [pointer, code])).toEqual(reading.warnings)
  const [sent] = world.thingSpace.accepted
  const server = await scriptedServer()
  server.on(pathOf(action), { status: 200, body: { requestId: 'upstream-1' } })
  await createThingSpaceClient(thingSpaceWorld(server).environment()).submit(sent!.call)
  expect(JSON.parse(server.received.at(-1)?.body ?? '')).toEqual(body)
})

test('the corpus contains every family of every action', () => {
  const reached = orders.map(({ action, reading }) => `${action} ${reading.family}`)
  const catalogued = ActionName.options.flatMap((name) => actions[name].bodies.map(({ family }) => `${name} ${family}`))
  expect([...new Set(reached)].toSorted()).toEqual(catalogued.toSorted())
})
