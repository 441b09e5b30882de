import { describe, expect, test } from 'vitest'
import { callbackServices } from '../../lib/profile/order/actions.ts'
import { account, eidOf, localBody, someDevices } from '../builders.ts'
import { aCallbackOf, createWorld } from '../fakes/world.ts'

type Served = NonNullable<Parameters<typeof createWorld>[0]>['served']

/** A world in which keep-listener has found these states, one after the other. Without a state it has never run. */
async function worldOf(states: readonly string[], served: Served = { accounts: [account], unserved: 'refuse' }) {
  const world = createWorld({ served })
  const found = async (state: string) => {
    for (const service of callbackServices) {
      const checkedAt = world.now()
      const known = state === 'not-known' ? {} : { known: { state, at: checkedAt } }
      await world.store.saveListener({ accountName: account, service, state, checkedAt, ...known })
    }
  }
  for (const state of states) await found(state)
  return { world, found }
}

describe('an order whose results do not arrive here', () => {
  test.each([
    { about: 'an account that is not configured', states: ['current'], accounts: [], words: 'not set up' },
    { about: 'an account that keep-listener has never checked', states: [], words: 'registered for this account yet' },
    { about: 'an account without a registration', states: ['absent'], words: 'no callback URL' },
    { about: "another system's registration", states: ['other-address'], words: 'another system' },
    { about: "another system's, and an outage since", states: ['other-address', 'not-known'], words: 'another system' },
  ])('is refused before it has any effect: $about', async ({ states, accounts = [account], words }) => {
    const { world } = await worldOf(states, { accounts, unserved: 'refuse' })
    const stored = world.items().length

    const answer = await world.submit('enable', localBody(), { key: 'order' })

    expect(answer).toMatchObject({ status: 409, body: { code: 'account-not-served', retryable: false } })
    expect(answer.body).toMatchObject({ detail: expect.stringContaining(words) })
    expect(world.items()).toHaveLength(stored)
    expect(world.thingSpace.accepted).toEqual([])
    expect(world.queue.sent).toEqual([])
  })

  test('is accepted with a warning if the settings say so', async () => {
    const { world } = await worldOf(['absent'], { accounts: [account], unserved: 'accept' })

    const answer = await world.submit('enable', localBody())

    expect(answer).toMatchObject({
      status: 202,
      body: { warnings: [{ pointer: '/accountName', code: 'account-not-served' }] },
    })
    expect(world.log.lines).toContainEqual(
      expect.objectContaining({
        message: 'account not served',
        fields: expect.objectContaining({ outcome: 'unserved', reason: 'absent' }),
      }),
    )
  })

  test('is refused in bulk too', async () => {
    const { world } = await worldOf(['absent'])

    expect(await world.submit('enable', localBody(150))).toMatchObject({ status: 409 })
    expect(world.itemsOf('request')).toEqual([])
  })

  test.each([
    { state: 'other-address', answer: { status: 409, body: { code: 'account-not-served' } }, requests: 1 },
    {
      state: 'old-credentials',
      answer: { status: 202, body: { warnings: [{ code: 'account-in-doubt' }] } },
      requests: 2,
    },
  ])('is judged in the same way if it orders failed devices again: $state', async ({ state, answer, requests }) => {
    const { world, found } = await worldOf(['current'])
    const { requestId } = await world.order('enable', localBody())
    await world.settle()
    await world.callback(aCallbackOf('upstream-1', someDevices(1)[0]!.deviceIds, 'failed'))
    await world.settle()
    await found(state)
    world.advance(61)

    expect(await world.decide('reorder', requestId)).toMatchObject(answer)
    expect(world.itemsOf('request')).toHaveLength(requests)
  })
})

describe('a doubt does not stop orders', () => {
  test.each([
    { about: 'ThingSpace never answered', states: ['not-known'] },
    { about: 'the password is outdated', states: ['old-credentials'] },
  ])('$about: the order is accepted with a warning', async ({ states }) => {
    const { world } = await worldOf(states)

    expect(await world.submit('enable', localBody())).toMatchObject({
      status: 202,
      body: { status: 'submitted', warnings: [{ pointer: '/accountName', code: 'account-in-doubt' }] },
    })
  })

  test('an outage of ThingSpace during a check leaves a served account served', async () => {
    const { world } = await worldOf(['current', 'not-known'])

    const { body } = await world.submit('enable', localBody())

    expect(body).toMatchObject({ status: 'submitted' })
    expect(body).not.toHaveProperty('warnings')
  })

  test('if the record cannot be read, the order goes by the last read', async () => {
    const { world } = await worldOf(['current'])
    await world.order('enable', localBody())
    world.advance(3600)
    world.faults.store = ({ command, input }) =>
      command === 'QueryCommand' && JSON.stringify(input).includes('LISTENER#')

    const { body } = await world.submit('enable', localBody(1, { devices: [{ deviceIds: aDevice }] }))

    expect(body).toMatchObject({ status: 'submitted' })
    expect(body).not.toHaveProperty('warnings')
  })

  test('if the record was never read, the order is accepted with a warning', async () => {
    const { world } = await worldOf(['absent'])
    world.faults.store = ({ command, input }) =>
      command === 'QueryCommand' && JSON.stringify(input).includes('LISTENER#')

    expect(await world.submit('enable', localBody())).toMatchObject({
      status: 202,
      body: { warnings: [{ code: 'account-in-doubt' }] },
    })
  })
})

const aDevice = [
  { kind: 'eid', id: eidOf(7) },
  { kind: 'iccid', id: '89148000000000000007' },
]

test('the record of an account is read once a minute, and a repair is noticed after it', async () => {
  const { world, found } = await worldOf(['absent'])
  const answers: number[] = []
  const order = async () => answers.push((await world.submit('enable', localBody())).status)
  await order()
  await found('repaired')
  await order()
  world.advance(61)
  await order()

  expect(answers).toEqual([409, 409, 202])
})

test('the repeat of a stored order is answered although the account is no longer served', async () => {
  const { world, found } = await worldOf(['current'])
  const first = await world.order('enable', localBody(), { key: 'order' })
  await found('other-address')
  world.advance(61)

  expect(await world.submit('enable', localBody(), { key: 'order' })).toMatchObject({
    status: 202,
    headers: { 'idempotent-replayed': 'true' },
    body: { requestId: first.requestId },
  })
  expect(await world.submit('enable', localBody(), { key: 'another' })).toMatchObject({ status: 409 })
})
