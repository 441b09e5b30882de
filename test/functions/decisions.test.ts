import { describe, expect, test } from 'vitest'
import { account, eidOf, iccidOf, localBody, someDevices } from '../builders.ts'
import { unlimited } from '../fakes/flow-control.ts'
import { acceptsInSilence, losesTheCall } from '../fakes/thing-space.ts'
import { aCallbackOf, bodyOf, createWorld, type World } from '../fakes/world.ts'

type Preview = {
  answer: string
  effect: string
  submissions: number
  devices: number
  call: { path: string; body: unknown }
}
type Row = {
  requestId: string
  submission: number
  accountName: string
  since: string
  why: string
  risk: { repeatable: boolean; text: string }
  fits: { upstreamRequestId: string; adoptable: boolean; candidates: number }[]
  fitsComplete: boolean
  answers: Preview[]
}
type List = { items: Row[]; nextCursor: string | null }

const other = '0000654321-00002'
const decisions = async (world: World, query: Record<string, string> = {}, claims: Record<string, string> = {}) =>
  bodyOf(await world.support('/v1/decisions', { query, claims }), 200) as List

/** Orders a deletion whose response is lost, of the device at an index. */
async function lost(world: World, index = 1, over: Record<string, unknown> = {}): Promise<string> {
  world.thingSpace.will(losesTheCall)
  return (await world.order('delete', localBody(1, { devices: someDevices(1, index), ...over }))).requestId
}

describe('the list of open decisions', () => {
  test('is empty while callbacks may still arrive', async () => {
    const world = createWorld()
    await lost(world)
    expect(await decisions(world)).toEqual({ items: [], nextCursor: null })
  })

  test('shows what waits, since when and why, and what each answer would do', async () => {
    const world = createWorld()
    const requestId = await lost(world)
    await world.pass(1300)

    const { items } = await decisions(world)

    expect(items).toMatchObject([
      {
        requestId,
        submission: 0,
        accountName: account,
        why: expect.stringContaining('was lost'),
        risk: { repeatable: false, text: expect.stringContaining('delete runs twice') },
        fits: [],
        fitsComplete: true,
        answers: [
          { answer: 'retry', effect: 'send', submissions: 1, devices: 1, call: { body: { submissions: [0] } } },
          { answer: 'abandon', effect: 'abandon', submissions: 1, devices: 1 },
        ],
      },
    ])
  })

  test('names calls that carry out the answers', async () => {
    const world = createWorld()
    const requestId = await lost(world)
    await world.pass(1300)
    const [row] = (await decisions(world)).items

    expect(row!.answers.map(({ call }) => call.path)).toEqual([
      `/v1/requests/${requestId}/retry`,
      `/v1/requests/${requestId}/cancel`,
    ])
    const { body } = row!.answers[1]!.call
    expect((await world.decide('cancel', requestId, { body })).status).toBe(202)
    await world.settle()

    expect((await decisions(world)).items).toEqual([])
    expect((await world.show(requestId)).status).toBe('expired')
  })

  test('says that a retry would be held back while a callback may be about two submissions', async () => {
    const world = createWorld()
    world.thingSpace.will(acceptsInSilence, acceptsInSilence)
    const ids = [await world.order('delete', localBody()), await world.order('delete', localBody())]
    await world.callback(aCallbackOf('upstream-1', someDevices(1)[0]!.deviceIds))
    await world.pass(1300)

    const { items } = await decisions(world)

    expect(items.map(({ requestId }) => requestId).toSorted()).toEqual(ids.map(({ requestId }) => requestId).toSorted())
    for (const { requestId, fits, risk, answers } of items) {
      expect(fits).toMatchObject([{ upstreamRequestId: 'upstream-1', adoptable: false, candidates: 2 }])
      expect(risk.text).toContain('may have run')
      expect(answers).toMatchObject([
        { answer: 'retry', effect: 'held-back', devices: 0 },
        { answer: 'retry-despite-callbacks', effect: 'send', devices: 1 },
        { answer: 'abandon' },
      ])
      expect(await world.decide('retry', requestId)).toMatchObject({ status: 409, body: { code: 'may-have-run' } })
    }
  })

  test('says that a retry adopts a callback that can only be about the submission', async () => {
    const world = createWorld({ settings: { leaseSeconds: 7200 } })
    world.thingSpace.will(async () => {
      await world.callback(
        aCallbackOf('upstream-1', [
          { kind: 'eid', id: eidOf(1) },
          { kind: 'iccid', id: iccidOf(1) },
        ]),
      )
      await world.stream()
      return acceptsInSilence
    })
    const { requestId } = await world.order('delete', localBody())
    await world.pass(1300)

    const { items } = await decisions(world)

    expect(items).toMatchObject([{ requestId, fits: [{ upstreamRequestId: 'upstream-1', adoptable: true }] }])
    expect(items[0]!.answers[0]).toMatchObject({ answer: 'retry', effect: 'adopt' })
  })

  test('shows only the accounts of the token, in pages whose cursors tell nothing about others', async () => {
    const world = createWorld({ flow: unlimited })
    const own: string[] = []
    for (let index = 1; index <= 9; index += 1) {
      const accountName = index % 3 === 0 ? other : account
      const id = await lost(world, index, { accountName })
      if (accountName === account) own.push(id)
    }
    await world.pass(1300)
    const seen: string[] = []
    let cursor: string | null = null
    for (let page = 0; page < 20; page += 1) {
      const found: List = await decisions(
        world,
        { limit: '2', ...(cursor === null ? {} : { cursor }) },
        { accounts: account },
      )
      expect(found.items.length).toBeLessThanOrEqual(2)
      seen.push(...found.items.map(({ requestId }) => requestId))
      cursor = found.nextCursor
      if (cursor === null) break
      expect(Buffer.from(cursor, 'base64url').toString()).not.toContain('id-')
    }

    expect(cursor).toBeNull()
    expect(seen).toHaveLength(own.length)
    expect(seen.toSorted()).toEqual(own.toSorted())
    expect((await decisions(world, { accountName: other })).items).toHaveLength(3)
    const denied = await world.support('/v1/decisions', {
      query: { accountName: other },
      claims: { accounts: account },
    })
    expect(denied).toMatchObject({ status: 403, body: { code: 'account-not-allowed' } })
  })

  test('refuses the cursor of another list', async () => {
    const world = createWorld()
    for (const index of [1, 2]) await lost(world, index)
    await world.pass(1300)
    const { nextCursor } = await decisions(world, { limit: '1' })
    const answer = await world.support('/v1/decisions', { query: { accountName: account, cursor: nextCursor! } })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-parameter' } })
  })

  test('reads a bounded number of entries for an account that has none of the entries before its own', async () => {
    const world = createWorld({ flow: unlimited })
    for (let index = 1; index <= 8; index += 1) await lost(world, index, { accountName: other })
    await lost(world, 9)
    await world.pass(1300)
    const before = world.meter().readUnits
    const { items, nextCursor } = await decisions(world, {}, { accounts: account })
    expect(items).toHaveLength(1)
    expect(nextCursor).toBeNull()
    expect(world.meter().readUnits - before).toBeLessThan(60)
  })
})
