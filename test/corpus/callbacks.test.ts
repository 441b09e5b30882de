import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { ActionName } from '../../lib/profile/order/action-names.ts'
import { DeviceStatus } from '../../lib/profile/request/states.ts'
import type { DeviceView } from '../../lib/profile/status/device-view.ts'
import { createWorld } from '../fakes/world.ts'

const folder = join(import.meta.dirname, '../fixtures/callbacks')

const Text = z.string()
const Reading = z.strictObject({
  status: DeviceStatus,
  conflict: z.literal(true).optional(),
  note: Text.optional(),
  profileStatus: Text.optional(),
  state: Text.optional(),
  profileRole: Text.optional(),
  euicc: z.strictObject({ status: Text.optional(), code: Text.optional(), description: Text.optional() }).optional(),
  fault: z.strictObject({ code: Text, message: Text.optional() }).optional(),
  assigned: z.record(Text, Text).optional(),
  /** The reason for each callback that is quarantined as a whole. */
  quarantined: z.array(Text).optional(),
  /** How many results arrived for the order that name another card. */
  unmatched: z.int().optional(),
})

const Callback = z.strictObject({
  source: Text,
  /** The order of the callback, under the request id `upstream-1`. */
  order: z.strictObject({ action: ActionName, body: z.unknown() }),
  /** A text is sent unchanged, anything else as JSON. */
  body: z.unknown(),
  /** Further messages, in sequence. */
  later: z.array(z.unknown()).optional(),
  /** The seconds after which it is read, where the gateway waits for more. */
  wait: z.int().positive().optional(),
  reading: Reading,
})

const callbacks = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, ...Callback.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))) }))

/** Members of a result that the expected reading omits, because the device status or the order contains them. */
const toldElsewhere = new Set(['identifiers', 'provenance', 'receivedAt', 'status', 'upstreamRequestId', 'verdict'])

test.each(callbacks)('the callback $file gives its device the documented result', async (callback) => {
  const { order, body, later = [], wait, reading } = callback
  const world = createWorld()
  const { requestId } = await world.order(order.action, order.body)

  for (const message of [body, ...later]) {
    expect(await world.callback([message])).toEqual([])
    await world.settle()
    world.advance(1)
  }
  if (wait !== undefined) await world.pass(wait)

  const answer = await world.get('/v1/requests/{requestId}/devices', { path: { requestId } })
  const { items, unmatchedResults } = answer.body as DevicesAnswer
  const [device] = items
  const said = Object.entries(device?.result ?? {}).filter(([name]) => !toldElsewhere.has(name))
  const quarantined = world.itemsOf('quarantine').map(({ reason }) => reason)
  expect({
    ...Object.fromEntries(said),
    status: device?.status,
    ...(device?.conflict === true ? { conflict: true } : {}),
    ...(quarantined.length > 0 ? { quarantined } : {}),
    ...(unmatchedResults.length > 0 ? { unmatched: unmatchedResults.length } : {}),
  }).toStrictEqual(reading)
})

type DevicesAnswer = { items: DeviceView[]; unmatchedResults: unknown[] }
