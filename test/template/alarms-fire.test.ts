import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { createHandler as keepListener } from '../../functions/keep-listener.ts'
import { parseYaml } from '../../local/deployment/yaml.ts'
import type { CallbackListeners } from '../../lib/profile/listener/registrations.ts'
import type { ScheduledEvent } from 'aws-lambda'
import { account, context, localBody } from '../builders.ts'
import { emfOf, type Line, sum, totalsOf } from '../emf.ts'
import { isDown, losesTheCall } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, credentials } from '../fakes/world.ts'
import { scriptedServer } from '../lib/thingspace/scripted-server.ts'
import { goodRecord, paths, world as thingSpaceWorld } from '../lib/thingspace/world.ts'
import { root } from './template.ts'

const Alarms = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Properties: z.looseObject({
        Namespace: z.string().optional(),
        MetricName: z.string().optional(),
        Statistic: z.enum(['Sum', 'Maximum']).optional(),
        Threshold: z.number(),
      }),
    }),
  ),
})

/** The alarms on custom metrics. AWS emits the others (errors, ages, throttles). */
const alarms = Object.entries(
  Alarms.parse(parseYaml(readFileSync(join(root, 'deploy/alarms.yml'), 'utf8'), 'alarms.yml')).Resources,
).flatMap(([id, { Properties }]) => {
  if (id === 'NothingAccepted')
    return [{ id, ...Properties, MetricName: 'AttemptsNotAccepted', Statistic: 'Sum' as const }]
  return Properties.Namespace?.startsWith('${self:service}') === true ? [{ id, ...Properties }] : []
})

/** The failure of each alarm, as it happens to the functions. Returns what they logged. */
const failures: Readonly<Record<string, () => Promise<readonly Line[]>>> = {
  async DecisionsWaiting() {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    await world.order('delete', localBody())
    await world.pass(30 * 60)
    return world.log.lines
  },
  async CallbacksQuarantined() {
    const world = createWorld()
    await world.callback('<xml>not a callback</xml>')
    return world.log.lines
  },
  async CallbacksNotKept() {
    const world = createWorld()
    const messages = Array.from({ length: 100 }, (_, at) => `not a callback ${at}`)
    await world.callback(messages, { sourceIp: '203.0.113.1' })
    return world.log.lines
  },
  async OrphansUnclaimed() {
    const world = createWorld()
    await world.callback(aCallbackOf('nobody-knows', [{ kind: 'eid', id: '89049032000001000000128460693' }]))
    await world.pass(3 * 3600)
    return world.log.lines
  },
  async NothingAccepted() {
    const world = createWorld()
    world.thingSpace.otherwise = isDown
    await world.order('enable', localBody())
    await world.pass(300)
    return world.log.lines
  },
  async SweepLag() {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    await world.order('enable', localBody())
    // No sweep for a quarter of an hour.
    world.advance(15 * 60)
    await world.sweep()
    return world.log.lines
  },
  async SweepFailures() {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    const { requestId } = await world.order('enable', localBody())
    world.faults.store = ({ command, input }) =>
      command === 'GetCommand' && JSON.stringify(input).includes(`REQ#${requestId}`)
    world.advance(120)
    await world.sweep()
    return world.log.lines
  },
  async ChangesSetAside() {
    const world = createWorld()
    await world.order('enable', localBody())
    const Records = world.streamRecords()
    for (const { dynamodb } of Records) delete dynamodb?.NewImage?.['requestId']
    await world.handlers.project({ Records }, context)
    return world.log.lines
  },
  LoginFailures: failedLogins,
  LoginLatchClosed: failedLogins,
  async AuditNotStored() {
    const world = createWorld()
    world.faults.store = ({ command }) => command === 'PutCommand'
    await expect(world.auditOf('api').begin({ act: 'latch.open', actor: 'kim', subject: 'default' })).rejects.toThrow(
      'refuses',
    )
    return world.log.lines
  },
  ListenersDrifted: () => listenersFound({ kind: 'listed', registrations: [elsewhere] }),
  async OrdersNotServed() {
    const world = createWorld({ served: { accounts: [], unserved: 'refuse' } })
    await world.submit('enable', localBody())
    return world.log.lines
  },
  ListenersNotKnown: () => listenersFound({ kind: 'failed', cause: 'unavailable', error: { status: 503 } }),
}

const elsewhere = { serviceName: 'DeviceProfileService', url: 'https://elsewhere.example/', carries: () => false }

async function listenersFound(found: Awaited<ReturnType<CallbackListeners['list']>>): Promise<readonly Line[]> {
  const world = createWorld()
  await keepListener(
    async () => ({
      listeners: {
        list: async () => found,
        register: async () => ({ kind: 'registered' }),
        deregister: async () => ({ kind: 'deregistered' }),
      },
      accounts: [account],
      takeOver: false,
      urlFor: (accountName) => `https://gateway.example/${accountName}`,
      credentials,
      stopAt: Number.POSITIVE_INFINITY,
      store: world.store,
      audit: world.auditOf('gateway'),
      by: 'gateway',
      clock: world.now,
      log: world.log,
    }),
    world,
  )({} as ScheduledEvent, context)
  return world.log.lines
}

/** Two environments whose login is refused, and a third that finds the latch closed. */
async function failedLogins(): Promise<readonly Line[]> {
  const server = await scriptedServer()
  server.on(paths.login, { status: 401 })
  const { environment, log } = thingSpaceWorld(server, goodRecord({ sessionToken: undefined }))
  for (let turn = 0; turn < 3; turn += 1) await environment().credentials.tokens('default', Date.now() + 5_000)
  return log.lines
}

test('each alarm on a custom metric has a failure in this test', () => {
  expect(alarms.map(({ id }) => id).toSorted()).toEqual(Object.keys(failures).toSorted())
})

test.each(alarms)('the alarm $id fires for its failure', async ({ id, MetricName = '', Statistic, Threshold }) => {
  const lines = (await failures[id]?.()) ?? []
  const totals = totalsOf(emfOf(lines), MetricName)
  expect(Statistic === 'Sum' ? sum(totals) : Math.max(...totals)).toBeGreaterThanOrEqual(Threshold)
})

test('the outage alarm fires only if no attempt is accepted', async () => {
  const emf = emfOf((await failures['NothingAccepted']?.()) ?? [])
  expect(totalsOf(emf, 'AttemptsAccepted')).toEqual([])
})

test('no alarm fires when all calls succeed', async () => {
  const world = createWorld()
  await world.order('enable', localBody(3))
  await world.callback(
    world.thingSpace.accepted.flatMap(({ upstreamRequestId, call }) =>
      call.devices.map((device) => aCallbackOf(upstreamRequestId, device)),
    ),
  )
  await world.pass(600)

  const emf = emfOf(world.log.lines)

  const fired = alarms.filter(({ MetricName = '', Threshold }) =>
    totalsOf(emf, MetricName).some((value) => value >= Threshold),
  )
  expect(fired.map(({ id }) => id)).toEqual([])
})
