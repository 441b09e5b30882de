import { describe, expect, test } from 'vitest'
import { account, localBody, someDevices } from '../builders.ts'
import { acceptsInSilence, losesTheCall } from '../fakes/thing-space.ts'
import { aCallbackOf, bodyOf, createWorld, type World } from '../fakes/world.ts'
import { opsBench } from '../ops/bench.ts'

type Count = { complete: boolean }
type Account = {
  accountName: string
  served: { state: string; why: string | null }
  listeners: { service: string; orders: string; state: string | null; checkedAt: string | null }[]
  open: Count & { requests: number; devices: number }
  unconfirmed: Count & { submissions: number; awaitingDecision: number }
  orphans: Count & { count: number }
  quarantined: Count & { messages: number }
}
type Details = Account & { lastCallback: Count & { at: string | null } }

const other = '0000654321-00002'

const register = async (world: World, state = 'current', accountName = account) => {
  const { items } = bodyOf(await world.support('/v1/accounts'), 200) as { items: Account[] }
  for (const { service } of items[0]!.listeners) {
    await world.store.saveListener({ accountName, service, state, checkedAt: world.now() })
  }
}
const list = async (world: World, claims: Record<string, string> = {}) =>
  (bodyOf(await world.support('/v1/accounts', { claims }), 200) as { items: Account[] }).items
const show = async (world: World, accountName = account) =>
  bodyOf(await world.support('/v1/accounts/{accountName}', { path: { accountName } }), 200) as Details

const nothing = {
  open: { requests: 0, devices: 0, complete: true },
  unconfirmed: { submissions: 0, awaitingDecision: 0, complete: true },
  orphans: { count: 0, complete: true },
  quarantined: { messages: 0, complete: true },
}

describe('the state of an account', () => {
  test('is served, with nothing open, if its registrations are ours', async () => {
    const world = createWorld()
    await register(world)

    const shown = await show(world)

    expect(shown).toMatchObject({
      accountName: account,
      served: { state: 'served', why: null },
      ...nothing,
      lastCallback: { at: null, complete: true },
    })
    expect(shown.listeners.every(({ orders, state }) => orders === 'served' && state === 'current')).toBe(true)
    const { lastCallback, ...listed } = shown
    expect(lastCallback.at).toBeNull()
    expect(await list(world)).toEqual([listed])
  })

  test('says why orders are refused if nothing was ever registered, or if results go elsewhere', async () => {
    const world = createWorld()
    expect((await show(world)).served).toEqual({
      state: 'refused',
      why: 'no callback URL has been registered for this account yet',
    })

    await register(world, 'other-address')

    const shown = await show(world)
    expect(shown.served).toMatchObject({ state: 'refused', why: expect.stringContaining('another system') })
    expect(shown.listeners[0]).toMatchObject({ orders: 'refused', state: 'other-address' })
    expect(shown.listeners[0]!.checkedAt).toBe(new Date(world.now()).toISOString())
  })

  test('is in doubt if the registration has an old password', async () => {
    const world = createWorld()
    await register(world, 'old-credentials')
    expect((await show(world)).served).toMatchObject({ state: 'in-doubt', why: expect.stringContaining('password') })
  })

  test('counts open requests and devices, and names the newest callback', async () => {
    const world = createWorld()
    world.thingSpace.will(acceptsInSilence)
    const devices = someDevices(3)
    await world.order('delete', localBody(3, { devices }))
    await world.settle()
    expect((await show(world)).open).toEqual({ requests: 1, devices: 3, complete: true })

    world.advance(60)
    await world.callback(aCallbackOf('upstream-1', devices[0]!.deviceIds))
    const arrived = new Date(world.now()).toISOString()
    await world.settle()

    const shown = await show(world)
    expect(shown).toMatchObject({ ...nothing, open: { requests: 1, devices: 2, complete: true } })
    expect(shown.lastCallback).toEqual({ at: arrived, complete: true })
  })

  test('counts a submission whose response is lost as unconfirmed, and later as one to decide', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    await world.order('delete', localBody())
    await world.deliver()
    await world.stream()
    expect((await show(world)).unconfirmed).toEqual({ submissions: 1, awaitingDecision: 0, complete: true })

    await world.pass(1300)

    expect(await show(world)).toMatchObject({
      open: { requests: 1, devices: 1 },
      unconfirmed: { submissions: 1, awaitingDecision: 1, complete: true },
    })
    expect(await opsBench(world, { accounts: () => [account] }).ops('listener served')).toMatchObject({
      data: { accounts: [{ accountName: account, openRequests: world.requestIds() }] },
    })
  })

  test('counts orphans and messages in quarantine', async () => {
    const world = createWorld()
    await world.callback([aCallbackOf('unknown-1', someDevices(1)[0]!.deviceIds), 'no JSON at all'])
    await world.stream()
    expect(await show(world)).toMatchObject({
      orphans: { count: 1, complete: true },
      quarantined: { messages: 1, complete: true },
    })
  })

  test('says that counts are not complete where a bound ended them', async () => {
    const world = createWorld()
    for (let index = 0; index < 201; index += 1) await world.callback(`no JSON ${index}`)
    const { quarantined } = await show(world)
    expect(quarantined.complete).toBe(false)
    expect(quarantined.messages).toBeGreaterThan(0)
  })
})

describe('whose accounts are shown', () => {
  test('a caller of single accounts sees these only, also if they are not served', async () => {
    const world = createWorld()
    await world.order('delete', localBody())
    const items = await list(world, { accounts: other })
    expect(items).toMatchObject([
      { accountName: other, served: { state: 'refused', why: expect.stringContaining('not set up') }, ...nothing },
    ])
  })

  test('another account, and one that nobody knows, are answered 404', async () => {
    const world = createWorld()
    const ask = (accountName: string, claims: Record<string, string> = {}) =>
      world.support('/v1/accounts/{accountName}', { path: { accountName }, claims })
    expect((await ask(account, { accounts: other })).status).toBe(404)
    expect((await ask('9999999999-00009')).status).toBe(404)
    expect((await ask(account, { accounts: account })).status).toBe(200)
  })

  test('a parameter is refused, because nothing is filtered', async () => {
    const answer = await createWorld().support('/v1/accounts', { query: { accountName: account } })
    expect(answer.status).toBe(400)
  })
})

describe('ops accounts', () => {
  test('gives the same as the API', async () => {
    const world = createWorld()
    await register(world)
    await world.order('delete', localBody())
    await world.settle()
    const { ops } = opsBench(world, { accounts: () => [account] })

    expect(await ops('accounts')).toMatchObject({ outcome: 'done', data: { items: await list(world) } })
    expect(await ops(`accounts ${account}`)).toMatchObject({ outcome: 'done', data: await show(world) })
    expect(await ops(`accounts ${other}`)).toMatchObject({ outcome: 'nothing' })
  })

  test('reports failure if orders are refused', async () => {
    const { ops } = opsBench(createWorld(), { accounts: () => [account] })
    expect(await ops('accounts')).toMatchObject({ outcome: 'failed', text: expect.stringContaining('refused') })
  })
})
