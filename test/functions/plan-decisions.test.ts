import { describe, expect, test } from 'vitest'
import { account, localBody, someDevices } from '../builders.ts'
import { acceptsInSilence, losesTheCall, refuses } from '../fakes/thing-space.ts'
import { aCallbackOf, bodyOf, createWorld, killed, type World } from '../fakes/world.ts'

type Plan = {
  planId: string
  state: string
  count: number
  devices: number
  complete: boolean
  digest: string
  progress: Record<'done' | 'adopted' | 'heldBack' | 'changed' | 'gone' | 'left', number>
  items: { requestId: string; submission: number; outcome: string | null }[]
}

const other = '0000654321-00002'
const filter = { accountName: account }

/** Orders a deletion whose response is lost, of the device at an index. */
async function lost(world: World, index: number, accountName = account): Promise<string> {
  world.thingSpace.will(losesTheCall)
  return (await world.order('delete', localBody(1, { devices: someDevices(1, index), accountName }))).requestId
}

/** A world in which `count` deletions wait for a decision. */
async function undecided(count: number) {
  const world = createWorld()
  const ids: string[] = []
  for (let index = 1; index <= count; index += 1) ids.push(await lost(world, index))
  await world.pass(1300)
  return { world, ids }
}

const make = async (world: World, body: unknown, claims: Record<string, string> = {}) =>
  bodyOf(await world.plan('/v1/decisions/plans', { body, claims }), 201) as Plan
const at = (what: 'execute' | 'stop') => `/v1/decisions/plans/{planId}/${what}`
const run = (world: World, { planId, digest, count }: Plan, over: Record<string, unknown> = {}) =>
  world.plan(at('execute'), { path: { planId }, body: { digest, count, ...over } })
const read = async (world: World, { planId }: Plan) =>
  bodyOf(await world.support('/v1/decisions/plans/{planId}', { path: { planId } }), 200) as Plan
const posts = (world: World) => world.thingSpace.calls.length

describe('a plan of decisions', () => {
  test('changes nothing until it is carried out, and then does exactly what it lists', async () => {
    const { world, ids } = await undecided(3)
    const before = posts(world)

    const plan = await make(world, { answer: 'retry', filter })
    await world.settle()

    expect(plan).toMatchObject({ state: 'planned', count: 3, devices: 3, complete: true, progress: { left: 3 } })
    expect(plan.items.map(({ requestId }) => requestId).toSorted()).toEqual(ids.toSorted())
    expect(posts(world)).toBe(before)

    const done = bodyOf(await run(world, plan), 200) as Plan
    await world.settle()

    expect(done).toMatchObject({ state: 'finished', digest: plan.digest, progress: { done: 3, left: 0 } })
    expect(posts(world)).toBe(before + 3)
    expect(await read(world, plan)).toEqual(done)
  })

  test('gives up only the submissions that it lists', async () => {
    const { world, ids } = await undecided(2)
    const plan = await make(world, { answer: 'abandon', decisions: [{ requestId: ids[0], submission: 0 }] })

    bodyOf(await run(world, plan), 200)
    await world.settle()

    expect((await world.show(ids[0]!)).status).toBe('expired')
    expect((await world.show(ids[1]!)).status).toBe('unconfirmed')
  })

  test('leaves a submission alone that changed after the plan was made', async () => {
    const { world, ids } = await undecided(2)
    const plan = await make(world, { answer: 'retry', filter })
    await world.decide('cancel', ids[0]!, { body: { abandonUnconfirmed: true } })
    await world.settle()
    const before = posts(world)

    const done = bodyOf(await run(world, plan), 200) as Plan
    await world.settle()

    expect(done.progress).toMatchObject({ done: 1, changed: 1 })
    expect(done.items.find(({ requestId }) => requestId === ids[0])?.outcome).toBe('changed')
    expect(posts(world)).toBe(before + 1)
    expect((await world.show(ids[0]!)).status).toBe('expired')
  })

  test('leaves a submission alone that was changed twice and looks as before', async () => {
    const { world, ids } = await undecided(1)
    const plan = await make(world, { answer: 'retry', filter })
    // The work message is late, so a second person stops the retry before anything is sent.
    await world.decide('retry', ids[0]!)
    await world.decide('cancel', ids[0]!)

    const done = bodyOf(await run(world, plan), 200) as Plan

    expect(done.progress).toMatchObject({ done: 0, changed: 1 })
  })

  test('does nothing twice when it is carried out again', async () => {
    const { world } = await undecided(2)
    const plan = await make(world, { answer: 'retry', filter })
    const before = posts(world)
    for (let call = 0; call < 3; call += 1) {
      expect((await run(world, plan)).status).toBe(200)
      await world.settle()
    }
    expect(posts(world)).toBe(before + 2)
  })

  test.each([1, 2, 3, 4, 5, 6, 8, 10, 12, 15])(
    'is completed by the next call if the function is killed after its effect %s, and sends nothing twice',
    async (effect) => {
      const { world } = await undecided(3)
      const plan = await make(world, { answer: 'retry', filter })
      const before = posts(world)
      world.killBehind(effect)
      const first = await world.run(() => run(world, plan))
      await world.settle()

      const done = bodyOf(await run(world, plan), 200) as Plan
      await world.pass(300)

      expect(first === killed || (first as { status: number }).status === 200).toBe(true)
      expect(done.progress).toMatchObject({ done: 3, changed: 0, left: 0 })
      expect(posts(world)).toBe(before + 3)
    },
  )

  test('needs the digest and the count that were shown', async () => {
    const { world } = await undecided(1)
    const plan = await make(world, { answer: 'retry', filter })
    for (const over of [{ digest: 'f'.repeat(64) }, { count: 2 }]) {
      expect(await run(world, plan, over)).toMatchObject({ status: 409, body: { code: 'plan-mismatch' } })
    }
    expect(await read(world, plan)).toMatchObject({ state: 'planned' })
  })

  test('cannot be started after an hour, or after it was stopped', async () => {
    const { world } = await undecided(1)
    const plan = await make(world, { answer: 'retry', filter })
    const stopped = await make(world, { answer: 'retry', filter })
    expect(bodyOf(await world.plan(at('stop'), { path: { planId: stopped.planId } }), 200)).toMatchObject({
      state: 'stopped',
    })
    expect(await run(world, stopped)).toMatchObject({ status: 409, body: { code: 'plan-stopped' } })
    world.advance(3601)
    expect(await run(world, plan)).toMatchObject({ status: 409, body: { code: 'plan-expired' } })
  })

  test('holds back a retry while callbacks may be about it, unless it says otherwise', async () => {
    const world = createWorld()
    world.thingSpace.will(acceptsInSilence, acceptsInSilence)
    for (let order = 0; order < 2; order += 1) await world.order('delete', localBody())
    await world.callback(aCallbackOf('upstream-1', someDevices(1)[0]!.deviceIds))
    await world.pass(1300)
    const before = posts(world)

    const careful = await make(world, { answer: 'retry', filter })
    expect(bodyOf(await run(world, careful), 200)).toMatchObject({ progress: { heldBack: 2, done: 0 } })
    await world.settle()
    expect(posts(world)).toBe(before)

    const insisting = await make(world, { answer: 'retry-despite-callbacks', filter })
    expect(bodyOf(await run(world, insisting), 200)).toMatchObject({ progress: { done: 2 } })
    await world.settle()
    expect(posts(world)).toBe(before + 2)
  })

  test('retries refused submissions by a filter', async () => {
    const world = createWorld()
    world.thingSpace.will(refuses(), refuses())
    for (const index of [1, 2]) await world.submit('delete', localBody(1, { devices: someDevices(1, index) }))
    await world.settle()

    const plan = await make(world, { answer: 'retry', filter: { ...filter, state: 'rejected' } })
    expect(plan.count).toBe(2)
    bodyOf(await run(world, plan), 200)
    await world.settle()

    for (const requestId of world.requestIds()) expect((await world.show(requestId)).status).toBe('submitted')
  })

  test('holds only submissions of the accounts of the token, and does not exist for others', async () => {
    const { world, ids } = await undecided(1)
    const foreign = await lost(world, 9, other)
    await world.pass(1300)
    const decisions = [...ids, foreign].map((requestId) => ({ requestId, submission: 0 }))

    const plan = await make(world, { answer: 'retry', decisions }, { accounts: account })

    expect(plan.items.map(({ requestId }) => requestId)).toEqual(ids)
    const path = { planId: plan.planId }
    const claims = { accounts: other }
    const { digest, count } = plan
    expect(await world.support('/v1/decisions/plans/{planId}', { path, claims })).toMatchObject({ status: 404 })
    expect(await world.plan(at('execute'), { path, claims, body: { digest, count } })).toMatchObject({ status: 404 })
    expect(await world.plan(at('stop'), { path, claims })).toMatchObject({ status: 404 })
    const denied = await world.plan('/v1/decisions/plans', { body: { answer: 'retry', filter }, claims })
    expect(denied).toMatchObject({ status: 403 })
  })

  test.each([
    { body: { answer: 'retry' } },
    { body: { answer: 'retry', filter, decisions: [{ requestId: 'a', submission: 0 }] } },
    { body: { answer: 'perhaps', filter } },
    { body: { answer: 'retry', decisions: [] } },
  ])('is not made from the body $body', async ({ body }) => {
    const { world } = await undecided(1)
    expect(await world.plan('/v1/decisions/plans', { body })).toMatchObject({ status: 400 })
  })

  test('is not made if nothing matches', async () => {
    const world = createWorld()
    const answer = await world.plan('/v1/decisions/plans', { body: { answer: 'abandon', filter } })
    expect(answer).toMatchObject({ status: 409, body: { code: 'nothing-to-cancel' } })
  })

  test('is read as CSV with the outcome of each submission', async () => {
    const { world, ids } = await undecided(1)
    const plan = await make(world, { answer: 'abandon', filter })
    await run(world, plan)
    const answer = await world.support('/v1/decisions/plans/{planId}', {
      path: { planId: plan.planId },
      headers: { accept: 'text/csv' },
    })
    expect(String(answer.body).split('\r\n')[1]).toBe(`${ids[0]},0,${account},delete,1,unconfirmed,1,done`)
  })

  test('is named in the audit of each decision that it took', async () => {
    const { world } = await undecided(2)
    const plan = await make(world, { answer: 'retry', filter })
    await run(world, plan)
    const details = world.itemsOf('audit').map(({ act, detail }) => ({ act, detail }))
    expect(details).toEqual([
      { act: 'request.retry', detail: { despiteCallbacks: false, planId: plan.planId } },
      { act: 'request.retry', detail: { despiteCallbacks: false, planId: plan.planId } },
    ])
  })
})
