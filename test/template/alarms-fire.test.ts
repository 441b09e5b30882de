import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { createHandler as keepListener } from '../../functions/keep-listener.ts'
import { parseYaml } from '../../local/deployment/yaml.ts'
import type { CallbackListeners } from '../../lib/profile/listener/registrations.ts'
import type { ScheduledEvent } from 'aws-lambda'
import { account, context, localBody } from '../builders.ts'
import { emfOf, type Line, sum, totalsOf } from '../emf.ts'
import { accepts, isDown, losesTheCall, throttles } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, credentials, type World } from '../fakes/world.ts'
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
        EvaluationPeriods: z.number().optional(),
        DatapointsToAlarm: z.number().optional(),
        Period: z.number().optional(),
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
  async CallsStopped() {
    const world = createWorld()
    await stopCalls(world)
    return world.log.lines
  },
  async CallsPaused() {
    const world = createWorld()
    world.thingSpace.will(throttles(600))
    await world.order('enable', localBody())
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

/** An outage, in which so many calls fail that they stop. */
async function stopCalls(world: World): Promise<string[]> {
  world.thingSpace.otherwise = isDown
  const requestIds: string[] = []
  for (let order = 1; order <= 12; order += 1) requestIds.push((await world.order('enable', localBody())).requestId)
  return requestIds
}

/** The number of failed probes in each period of an alarm, over so many minutes. */
async function stopsByPeriod(world: World, { minutes, period }: { minutes: number; period: number }) {
  const counts: number[] = []
  for (let at = 0; at < minutes * 60; at += period) {
    const before = world.log.lines.length
    await world.pass(period)
    counts.push(sum(totalsOf(emfOf(world.log.lines.slice(before)), 'CallsStopped')))
  }
  return counts
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

describe('the alarm about stopped calls', () => {
  const {
    EvaluationPeriods = 1,
    DatapointsToAlarm = 1,
    Period = 0,
  } = alarms.find(({ id }) => id === 'CallsStopped') ?? {}
  const rings = (counts: readonly number[]) =>
    counts.map((_, at) => {
      const evaluated = counts.slice(Math.max(0, at + 1 - EvaluationPeriods), at + 1)
      return evaluated.filter((count) => count > 0).length >= DatapointsToAlarm
    })

  test('rings within twenty minutes and stays on, even if a single order is held', async () => {
    const world = createWorld()
    const [, ...others] = await stopCalls(world)
    for (const requestId of others) await world.decide('cancel', requestId)
    const counts = await stopsByPeriod(world, { minutes: 120, period: Period })
    expect(rings(counts).slice(3)).toEqual(counts.slice(3).map(() => true))
  })

  test('does not ring for a stop of two minutes', async () => {
    const world = createWorld()
    // The stop lies in two periods.
    await world.pass(Period - 60)
    await stopCalls(world)
    const counts = await stopsByPeriod(world, { minutes: 2, period: 60 })
    expect(Math.max(...counts)).toBeGreaterThan(0)
    world.thingSpace.otherwise = accepts
    const later = await stopsByPeriod(world, { minutes: 60, period: Period })
    expect(rings([counts[0] ?? 0, (counts[1] ?? 0) + (later[0] ?? 0), ...later.slice(1)])).not.toContain(true)
  })
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
