import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { ActionName } from '../../lib/profile/action-names.ts'
import { DeviceStatus } from '../../lib/profile/request.ts'
import { createWorld } from '../fakes/world.ts'

const folder = join(import.meta.dirname, '../fixtures/callbacks')

const Callback = z.strictObject({
  source: z.string(),
  /** The order that it answers, under the request id `upstream-1`. */
  order: z.strictObject({ action: ActionName, body: z.unknown() }),
  body: z.unknown(),
  reading: z.strictObject({ status: DeviceStatus, assigned: z.record(z.string(), z.string()).optional() }),
})

const callbacks = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, ...Callback.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))) }))

test.each(callbacks)('the callback $file gives its device the right result', async ({ order, body, reading }) => {
  const world = createWorld()
  const { requestId } = await world.order(order.action, order.body)

  await world.callback(body)
  await world.settle()

  const [device] = await world.devices(requestId)
  expect(device?.status).toBe(reading.status)
  expect(device?.result?.assigned).toEqual(reading.assigned)
})
