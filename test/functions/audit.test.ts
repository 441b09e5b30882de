import { describe, expect, test } from 'vitest'
import { listAudit } from '../../lib/profile/audit/list-audit.ts'
import { account, iccidOf, localBody, someDevices } from '../builders.ts'
import { losesTheCall, throttles } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, killed, type World } from '../fakes/world.ts'
import { opsBench } from '../ops/bench.ts'

const everything = { from: 0, to: 9_000_000_000_000 }
const auditOf = async (world: World) =>
  (
    await listAudit(
      { ...everything, from: world.now() - 40 * 86_400_000 },
      { limit: 100 },
      { ...world, clock: world.now },
    )
  ).rows.toReversed()

/** An order whose response is lost and whose grace period has passed. */
async function unconfirmed(world: World, action = 'delete'): Promise<string> {
  world.thingSpace.will(losesTheCall)
  const { requestId } = await world.order(action, localBody())
  await world.pass(3 * 3600)
  return requestId
}

describe('the audit', () => {
  test('records who retried a request over HTTP, before the effect and with its outcome', async () => {
    const world = createWorld()
    const requestId = await unconfirmed(world)
    expect((await world.decide('retry', requestId)).status).toBe(202)

    const { caller } = (await world.store.getRequest(requestId))!
    expect(await auditOf(world)).toMatchObject([
      {
        act: 'request.retry',
        actor: caller,
        via: 'api',
        accountName: account,
        subject: requestId,
        outcome: { result: 'done', detail: { submissionsChanged: 1, submissionsLeft: 0 } },
      },
    ])
  })

  test('records a cancellation by an operator at the command line', async () => {
    const world = createWorld()
    world.thingSpace.will(throttles(600))
    const { requestId } = await world.order('delete', localBody())
    await opsBench(world).ops(`cancel ${requestId}`)

    expect(await auditOf(world)).toMatchObject([
      { act: 'request.cancel', actor: 'operator:kim', via: 'ops', subject: requestId, outcome: { result: 'done' } },
    ])
    const told = await opsBench(world).ops('audit')
    expect(told.text).toContain('operator:kim')
    expect(told.data).toMatchObject({ entries: [{ act: 'request.cancel', result: 'done' }] })
  })

  test('records nothing for a decision that can change nothing', async () => {
    const world = createWorld()
    const { requestId } = await world.order('disable', localBody())
    expect((await world.decide('retry', requestId)).status).toBe(409)
    expect((await world.decide('cancel', requestId)).status).toBe(409)
    expect(await auditOf(world)).toEqual([])
  })

  test('records that the gateway repeats by the setting repeatUnconfirmedFor, and not that it repeats a harmless action', async () => {
    const world = createWorld({ settings: { repeatUnconfirmedFor: [account] } })
    const requestId = await unconfirmed(world)
    await unconfirmed(world, 'disable')
    expect(await auditOf(world)).toMatchObject([
      { act: 'submission.repeat', actor: 'gateway', via: 'gateway', subject: requestId, outcome: { result: 'done' } },
    ])
  })

  test('records that the gateway gives up a submission that nobody decided about', async () => {
    const world = createWorld()
    const requestId = await unconfirmed(world)
    world.advance(31 * 86_400)
    await world.settle()
    expect(await auditOf(world)).toMatchObject([
      { act: 'submission.abandon', actor: 'gateway', subject: requestId, outcome: { result: 'done' } },
    ])
  })

  test.each(['retry', 'cancel'] as const)('is written before a %s has any effect', async (what) => {
    for (let effect = 1; ; effect += 1) {
      const world = createWorld()
      const requestId = what === 'retry' ? await unconfirmed(world) : (await waiting(world)).requestId
      const before = JSON.stringify(await world.store.getSubmission((await world.store.getRequest(requestId))!, 0))
      world.killBehind(effect)
      const outcome = await world.run(() => world.decide(what, requestId))
      const after = JSON.stringify(await world.store.getSubmission((await world.store.getRequest(requestId))!, 0))
      const recorded = (await auditOf(world)).map(({ subject }) => subject)
      expect({ changed: after !== before, recorded }).toEqual({ changed: after !== before, recorded: [requestId] })
      if (outcome !== killed) return
    }
  })

  test('prevents a decision that cannot be recorded', async () => {
    const world = createWorld()
    const requestId = await unconfirmed(world)
    world.faults.store = ({ input }) => JSON.stringify(input).includes('AUDIT#')
    const before = world.itemsOf('submission')
    expect((await world.decide('retry', requestId)).status).toBe(500)
    expect(world.itemsOf('submission')).toEqual(before)
    expect(world.log.text()).toContain('audit entry not stored')
  })

  test('records a reorder once, and not one that can order nothing or is a replay', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(2))
    await world.settle()
    await world.callback(aCallbackOf('upstream-1', someDevices(1)[0]!.deviceIds, 'failed'))
    await world.settle()
    const again = () => world.decide('reorder', requestId, { headers: { 'idempotency-key': 'again' } })
    expect((await world.decide('reorder', requestId, { body: { devices: [1] } })).status).toBe(409)
    const { body } = await again()
    expect((await again()).headers).toHaveProperty('idempotent-replayed')

    const { requestId: reorderId } = body as { requestId: string }
    expect(await auditOf(world)).toMatchObject([
      {
        act: 'request.reorder',
        accountName: account,
        subject: requestId,
        detail: { reorderId, acceptRisk: false },
        outcome: { result: 'done', detail: { devices: 1 } },
      },
    ])
  })

  test('prevents a reorder that cannot be recorded', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())
    await world.settle()
    await world.callback(aCallbackOf('upstream-1', someDevices(1)[0]!.deviceIds, 'failed'))
    await world.settle()
    world.faults.store = ({ input }) => JSON.stringify(input).includes('AUDIT#')
    const before = world.items()
    expect(await world.decide('reorder', requestId)).toMatchObject({ status: 503, body: { code: 'not-stored' } })
    expect(world.items()).toEqual(before)
  })

  test('shows an interrupted act without an outcome', async () => {
    const world = createWorld()
    const requestId = await unconfirmed(world)
    world.killBehind(1)
    expect(await world.run(() => world.decide('retry', requestId))).toBe(killed)
    const [entry] = await auditOf(world)
    expect(entry).toMatchObject({ act: 'request.retry', subject: requestId })
    expect(entry).not.toHaveProperty('outcome')
  })

  test('names no device', async () => {
    const world = createWorld()
    const requestId = await unconfirmed(world)
    await world.decide('retry', requestId)
    expect(JSON.stringify(await auditOf(world))).not.toContain(iccidOf(1))
  })

  test('is listed by account, actor, subject and time, in pages, with a bounded number of reads', async () => {
    const world = createWorld()
    const trail = world.auditOf('api')
    for (let index = 0; index < 30; index += 1) {
      world.advance(7200)
      const end = await trail.begin({
        act: 'request.retry',
        actor: index % 2 === 0 ? 'even' : 'odd',
        accountName: index % 3 === 0 ? 'third' : 'other',
        subject: `request-${index}`,
      })
      await end({ result: 'done' })
    }
    const list = async (filter: object, limit = 7) => {
      const subjects: string[] = []
      let [cursor, pages]: [string | undefined, number] = [undefined, 0]
      do {
        const reads = world.meter().readUnits
        const page = await listAudit(
          { ...everything, from: world.now() - 90 * 86_400_000, ...filter },
          { limit, cursor },
          { store: world.store, clock: world.now },
        )
        expect(world.meter().readUnits - reads).toBeLessThan(120)
        subjects.push(...page.rows.map(({ subject }) => subject))
        cursor = page.cursor
        pages += 1
      } while (cursor !== undefined && pages < 100)
      return subjects
    }
    const newestFirst = Array.from({ length: 30 }, (_, index) => `request-${29 - index}`)
    expect(await list({})).toEqual(newestFirst)
    expect(await list({ actor: 'odd' })).toEqual(newestFirst.filter((_, index) => index % 2 === 0))
    expect(await list({ accounts: ['third'] })).toHaveLength(10)
    expect(await list({ accountName: 'third', actor: 'even' })).toHaveLength(5)
    expect(await list({ subject: 'request-3' })).toEqual(['request-3'])
    expect(await list({ from: world.now() - 7200_000 })).toEqual(['request-29', 'request-28'])
  })
})

async function waiting(world: World) {
  world.thingSpace.will(throttles(600))
  return world.order('delete', localBody())
}

test('a decision adds two writes, however many submissions it changes', async () => {
  const world = createWorld({ settings: { devicesPerSubmission: { local: 1, device: 1, global: 1, consumer: 1 } } })
  const { requestId } = await world.order('delete', localBody(10))
  const decided = await world.decide('cancel', requestId)
  expect(decided.status).toBe(202)
  expect([...world.itemsOf('audit'), ...world.itemsOf('audit-outcome')]).toHaveLength(2)
})
