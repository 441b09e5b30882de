import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { createHandler } from '../../functions/operate-gateway.ts'
import type { Flow, FlowStore } from '../../lib/profile/flow-control/flow.ts'
import { classifiers } from '../../lib/events/classify-dead-letters.ts'
import { readCallback } from '../../lib/thingspace/callback/read-callback.ts'
import { connectLatches } from '../../lib/thingspace/credentials/connect-latches.ts'
import { anAccess, account, aSetting, apiEvent, context, eidOf, localBody } from '../builders.ts'
import { createFakeDeadLetters } from '../fakes/dead-letters.ts'
import { throttles } from '../fakes/thing-space.ts'
import { aCallbackOf, answerOf, createWorld, type World } from '../fakes/world.ts'

const secret = { oauthKey: 'key', oauthSecret: 'secret', username: 'user', password: 'password' }
const foreign = { claims: { accounts: '[0000654321-00001]' } }

/** Calls operate-gateway in a world. */
function operating(world: World, flows: FlowStore = world.flows) {
  const audit = world.auditOf('api')
  const latches = { failedLogins: 2 }
  const checks = { asked: 0 }
  const letters = createFakeDeadLetters()
  const empty = createFakeDeadLetters().queue
  const handler = createHandler({
    access: anAccess(),
    store: world.store,
    readCallback,
    latches: connectLatches(
      {},
      {
        store: {
          readLatch: async () => ({ epoch: 1, failedLogins: latches.failedLogins }),
          async openLatch() {
            latches.failedLogins = 0
            return true
          },
        },
        secrets: { thingSpaceSecret: async () => secret },
        audit,
      },
    ),
    flows: { credentialSets: ['default', 'other'], store: flows, most: aSetting().postsAtOnce },
    deadLetters: { submissions: letters.queue, callbacks: empty, changes: empty },
    classifiers,
    accounts: [account, '0000999999-00001'],
    askForCheck: async () => void (checks.asked += 1),
    createPace: () => async () => world.advance(1),
    auditRetainSeconds: 400 * 86_400,
    audit,
    clock: world.now,
    log: world.log,
  })
  const call = async (route: string, given: Omit<Parameters<typeof apiEvent>[0], 'route'> = {}) =>
    answerOf(await handler(apiEvent({ route, ...given }), context))
  return Object.assign(call, { letters, checks })
}

/** A message that an earlier version of the code did not understand, or one that nobody understands. */
async function quarantined(world: World, raw?: string): Promise<void> {
  const callback = aCallbackOf('upstream-1', [{ kind: 'eid', id: eidOf(1) }], 'succeeded', {
    username: undefined,
    password: undefined,
  })
  await world.store.quarantine({
    accountName: account,
    receivedAt: world.now(),
    reason: 'no-verdict',
    raw: raw ?? JSON.stringify(callback),
  })
}

const Listed = z.object({ items: z.array(z.looseObject({ id: z.string() })), nextCursor: z.string().nullable() })
const entriesOf = async (call: ReturnType<typeof operating>) =>
  z
    .object({ items: z.array(z.looseObject({ act: z.string(), result: z.string().nullable() })) })
    .parse((await call('GET /v1/operate/audit')).body).items

describe('the quarantine over HTTP', () => {
  test('lists messages without their text, and shows one with how it is read today', async () => {
    const world = createWorld()
    const call = operating(world)
    await quarantined(world)
    const { items } = Listed.parse((await call('GET /v1/operate/quarantine')).body)
    expect(items).toMatchObject([{ accountName: account, reason: 'no-verdict', count: 1 }])
    expect(items[0]).not.toHaveProperty('raw')
    const path = { id: items[0]!.id }
    expect(await call('GET /v1/operate/quarantine/{id}', { path })).toMatchObject({
      status: 200,
      body: { isAuthentic: true, today: { kind: 'understood', verdict: 'succeeded' } },
    })
  })

  test('records a message again, and the audit says who did', async () => {
    const world = createWorld()
    const call = operating(world)
    const { requestId } = await world.order('disable', localBody())
    await quarantined(world)
    const { items } = Listed.parse((await call('GET /v1/operate/quarantine')).body)
    const path = { id: items[0]!.id }
    expect(await call('POST /v1/operate/quarantine/{id}/rerun', { path })).toMatchObject({
      status: 200,
      body: { outcome: 'recorded' },
    })
    await world.settle()
    expect((await world.show(requestId)).status).toBe('succeeded')
    expect(await call('POST /v1/operate/quarantine/{id}/rerun', { path })).toMatchObject({ status: 404 })
    expect(await entriesOf(call)).toMatchObject([{ act: 'quarantine.rerun', via: 'api', result: 'done' }])
  })

  test('keeps a message that is still not understood, until it is dismissed with a reason', async () => {
    const world = createWorld()
    const call = operating(world)
    await quarantined(world, '{"what":"nobody knows"}')
    const { items } = Listed.parse((await call('GET /v1/operate/quarantine')).body)
    const path = { id: items[0]!.id }
    expect(await call('POST /v1/operate/quarantine/{id}/rerun', { path })).toMatchObject({
      status: 409,
      body: { code: 'not-recorded' },
    })
    const dismiss = 'POST /v1/operate/quarantine/{id}/dismiss'
    expect(await call(dismiss, { path })).toMatchObject({ status: 400, body: { code: 'invalid-body' } })
    expect(await call(dismiss, { path, body: { reason: 'a scanner' } })).toMatchObject({ status: 200 })
    expect(Listed.parse((await call('GET /v1/operate/quarantine')).body).items).toEqual([])
    expect(await entriesOf(call)).toMatchObject([
      { act: 'quarantine.dismiss', result: 'done', detail: { why: 'a scanner' } },
    ])
  })

  test("hides the messages of other accounts, and answers 404 for them and for any other item's key", async () => {
    const world = createWorld()
    const call = operating(world)
    const { requestId } = await world.order('disable', localBody())
    await quarantined(world)
    const { items } = Listed.parse((await call('GET /v1/operate/quarantine')).body)
    expect(Listed.parse((await call('GET /v1/operate/quarantine', foreign)).body).items).toEqual([])
    const one = 'GET /v1/operate/quarantine/{id}'
    expect(await call(one, { path: { id: items[0]!.id }, ...foreign })).toMatchObject({ status: 404 })
    const id = Buffer.from(`REQ#${requestId}/META`).toString('base64url')
    expect(await call(one, { path: { id } })).toMatchObject({ status: 404 })
  })
})

describe('the login latches over HTTP', () => {
  test('are listed, and opened with an entry in the audit', async () => {
    const call = operating(createWorld())
    expect((await call('GET /v1/operate/latches')).body).toMatchObject({
      items: [{ credentialSet: 'default', failedLogins: 2 }],
    })
    const open = 'POST /v1/operate/latches/{credentialSet}/open'
    const path = { credentialSet: 'default' }
    expect(await call(open, { path })).toMatchObject({ status: 200, body: { state: 'open', failedLogins: 0 } })
    expect(await call(open, { path })).toMatchObject({ status: 409, body: { code: 'nothing-to-open' } })
    expect(await call(open, { path: { credentialSet: 'other' } })).toMatchObject({ status: 404 })
    expect(await entriesOf(call)).toMatchObject([{ act: 'latch.open', subject: 'default', result: 'done' }])
  })

  test('are opened only if as many logins have failed as the caller saw', async () => {
    const call = operating(createWorld())
    const open = 'POST /v1/operate/latches/{credentialSet}/open'
    const path = { credentialSet: 'default' }
    expect(await call(open, { path, body: { failedLogins: 1 } })).toMatchObject({
      status: 409,
      body: { code: 'nothing-to-open', detail: 'the latch changed meanwhile; look at it again' },
    })
    for (const body of [{ failedLogins: '2' }, { failedLogins: -1 }, { failed: 2 }])
      expect(await call(open, { path, body })).toMatchObject({ status: 400, body: { code: 'invalid-body' } })
    expect(await entriesOf(call)).toEqual([])
    expect(await call(open, { path, body: { failedLogins: 2 } })).toMatchObject({ body: { failedLogins: 0 } })
  })

  test('are not opened for a token that names accounts, because a latch concerns all of them', async () => {
    const call = operating(createWorld())
    const answer = await call('POST /v1/operate/latches/{credentialSet}/open', {
      path: { credentialSet: 'default' },
      claims: { accounts: `[${account}]` },
    })
    expect(answer).toMatchObject({ status: 403, body: { code: 'account-not-allowed' } })
  })
})

test.each(['latches', 'flows'])('the list of %s refuses parameters, which would seem to filter it', async (list) => {
  const query = { credentialSet: 'default' }
  expect(await operating(createWorld())(`GET /v1/operate/${list}`, { query })).toMatchObject({
    status: 400,
    body: { code: 'invalid-parameter', errors: [{ pointer: '?credentialSet' }] },
  })
})

test.each(['latches/{credentialSet}/open', 'flows/{credentialSet}/resume'])(
  'POST /v1/operate/%s answers 404 for odd names of credential sets, and writes no audit',
  async (route) => {
    const call = operating(createWorld())
    for (const credentialSet of [
      'nobody',
      'default ',
      'DEFAULT',
      '',
      '__proto__',
      '0',
      'x'.repeat(10_000),
      'a/b',
      '\u0000',
    ])
      expect(await call(`POST /v1/operate/${route}`, { path: { credentialSet } })).toMatchObject({
        status: 404,
        body: { code: 'not-found', detail: 'there is no credential set of this name' },
      })
    expect(await entriesOf(call)).toEqual([])
  },
)

describe('the limits of calls over HTTP', () => {
  const resume = 'POST /v1/operate/flows/{credentialSet}/resume'
  const path = { credentialSet: 'default' }
  const open = {
    state: 'not-limited',
    limit: 20,
    largestLimit: 20,
    underWay: null,
    pausedUntil: null,
    pausedBecause: null,
    failures: 0,
    loweredAt: null,
  }

  test('are listed for each credential set, and a pause is ended with an entry in the audit', async () => {
    const world = createWorld()
    const call = operating(world)
    world.thingSpace.will(throttles(300))
    const at = new Date(world.now()).toISOString()
    await world.submit('delete', localBody())
    const limited = { limit: 10, largestLimit: 20, underWay: { single: 0, bulk: 0 }, loweredAt: at }
    expect((await call('GET /v1/operate/flows')).body).toEqual({
      items: [
        {
          credentialSet: 'default',
          state: 'paused',
          ...limited,
          pausedUntil: new Date(world.now() + 300_000).toISOString(),
          pausedBecause: 'retry-after',
          failures: 1,
        },
        { credentialSet: 'other', ...open },
      ],
    })

    expect(await call(resume, { path })).toMatchObject({
      status: 200,
      body: {
        credentialSet: 'default',
        state: 'limited',
        ...limited,
        pausedUntil: null,
        pausedBecause: null,
        failures: 1,
      },
    })
    expect(await call(resume, { path })).toMatchObject({ status: 409, body: { code: 'nothing-to-resume' } })
    expect(await call(resume, { path: { credentialSet: 'nobody' } })).toMatchObject({ status: 404 })
    expect(await entriesOf(call)).toMatchObject([
      { act: 'flow.resume', subject: 'default', result: 'done', detail: { state: 'paused', why: 'retry-after' } },
    ])
  })

  test('stay paused if the calls are held for another reason than the caller saw', async () => {
    const world = createWorld()
    const call = operating(world)
    world.thingSpace.will(throttles(300))
    await world.submit('delete', localBody())
    expect(await call(resume, { path, body: { state: 'stopped' } })).toMatchObject({
      status: 409,
      body: { code: 'nothing-to-resume', detail: 'its calls went on meanwhile; look at it again' },
    })
    for (const body of [{ state: 'limited' }, { pausedBecause: 'failing' }])
      expect(await call(resume, { path, body })).toMatchObject({ status: 400, body: { code: 'invalid-body' } })
    expect(await world.flows.readFlow('default')).toMatchObject({ pause: { why: 'retry-after' } })
    expect(await entriesOf(call)).toEqual([])
    expect(await call(resume, { path, body: { state: 'paused' } })).toMatchObject({ body: { state: 'limited' } })
  })

  test('are resumed once if two operators end the same pause at once, and the audit says who did', async () => {
    const world = createWorld()
    const call = operating(world)
    world.thingSpace.will(throttles(300))
    await world.submit('delete', localBody())
    const answers = await Promise.all(['kim', 'lee'].map((sub) => call(resume, { path, claims: { sub } })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]))
    expect(new Set((await entriesOf(call)).map(({ result }) => result))).toEqual(new Set(['done', 'nothing-done']))
    expect(await world.flows.readFlow('default')).not.toHaveProperty('pause')
  })

  test('are shown as they are stored, although an eventually consistent read is behind', async () => {
    const world = createWorld()
    world.thingSpace.will(throttles(300))
    await world.submit('delete', localBody())
    const old: Flow | undefined = await world.flows.readFlow('default')
    const call = operating(world, {
      readFlow: async (credentialSet, options) =>
        options?.isConsistent === true ? world.flows.readFlow(credentialSet) : old,
      saveFlow: async (...given) => world.flows.saveFlow(...given),
    })
    expect(await call(resume, { path })).toMatchObject({ status: 200, body: { state: 'limited', pausedUntil: null } })
    expect((await call('GET /v1/operate/flows')).body).toMatchObject({ items: [{ state: 'limited' }, {}] })
  })

  test('are not changed for a token that names accounts, because a pause concerns all of them', async () => {
    const world = createWorld()
    world.thingSpace.will(throttles(300))
    await world.submit('delete', localBody())
    const answer = await operating(world)(resume, { path, claims: { accounts: `[${account}]` } })
    expect(answer).toMatchObject({ status: 403, body: { code: 'account-not-allowed' } })
    expect(await world.flows.readFlow('default')).toMatchObject({ pause: { why: 'retry-after' } })
  })
})

describe('dead letters over HTTP', () => {
  const redrive = 'POST /v1/operate/dead-letters/{queue}/redrive'
  const path = { queue: 'submissions' }
  const aLetter = (world: World, id: number, body?: string) => ({
    id: String(id),
    receipt: String(id),
    body: body ?? JSON.stringify({ kind: 'submission', requestId: 'r', submission: id, attempt: 1 }),
    attributes: {},
    sentAt: world.now(),
  })

  test('are counted without receiving them, and are told by kind and age on demand', async () => {
    const world = createWorld()
    const call = operating(world)
    const at = new Date(world.now()).toISOString()
    call.letters.deadLetters.push(aLetter(world, 1), aLetter(world, 2, 'nonsense'))
    call.letters.queue.receive = async () => {
      throw new Error('received')
    }
    expect((await call('GET /v1/operate/dead-letters')).body).toEqual({
      items: [
        { queue: 'submissions', count: 2 },
        { queue: 'callbacks', count: 0 },
        { queue: 'changes', count: 0 },
      ],
    })
    const again = operating(world)
    again.letters.deadLetters.push(aLetter(world, 1), aLetter(world, 2, 'nonsense'))
    const query = { kinds: 'true' }
    expect((await again('GET /v1/operate/dead-letters', { query })).body).toMatchObject({
      items: [
        {
          count: 2,
          lookedAt: 2,
          oldest: at,
          kinds: [
            { kind: 'submission', count: 1, oldest: at, newest: at },
            { kind: 'unreadable', count: 1 },
          ],
        },
        { count: 0, lookedAt: 0, oldest: null, kinds: [] },
        { count: 0 },
      ],
    })
    expect(again.letters.hidden.size).toBe(0)
  })

  test('are sent back up to a number, and the audit says who did', async () => {
    const world = createWorld()
    const call = operating(world)
    call.letters.deadLetters.push(
      aLetter(world, 1, 'nonsense'),
      aLetter(world, 2),
      aLetter(world, 3),
      aLetter(world, 4),
    )
    expect(await call(redrive, { path, body: { atMost: 3 } })).toMatchObject({
      status: 200,
      body: { queue: 'submissions', sentOn: 2, left: 1, finished: false },
    })
    expect(call.letters.hidden.has('4')).toBe(false)
    expect(await call(redrive, { path })).toMatchObject({ body: { sentOn: 1, left: 1, finished: true } })
    expect(call.letters.sentOn.map(({ id }) => id)).toEqual(['2', '3', '4'])
    expect(await entriesOf(call)).toMatchObject([
      { act: 'dead-letters.redrive', subject: 'submissions', via: 'api', outcome: { sentOn: 1, left: 1 } },
      { act: 'dead-letters.redrive', result: 'done', outcome: { sentOn: 2, left: 1 } },
    ])
  })

  test('are sent back only within the time of a call, and the rest is visible again', async () => {
    const world = createWorld()
    const call = operating(world)
    for (let id = 0; id < 20; id += 1) call.letters.deadLetters.push(aLetter(world, id))
    expect(await call(redrive, { path })).toMatchObject({ body: { sentOn: 12, finished: false } })
    expect(call.letters.deadLetters).toHaveLength(8)
    expect([...call.letters.hidden].filter((id) => Number(id) >= 12)).toEqual([])
  })

  test('are recorded as a failed redrive if the queue does not take them', async () => {
    const world = createWorld()
    const call = operating(world)
    call.letters.deadLetters.push(aLetter(world, 1))
    call.letters.queue.sendOn = async () => {
      throw new TypeError('refused')
    }
    expect(await call(redrive, { path })).toMatchObject({ status: 500 })
    expect(call.letters.hidden.size).toBe(0)
    expect(await entriesOf(call)).toMatchObject([{ result: 'failed', outcome: { sentOn: 0, error: 'TypeError' } }])
  })

  test('are refused for unknown queues, for changes, for wrong numbers and for tokens of single accounts', async () => {
    const call = operating(createWorld())
    expect(await call(redrive, { path: { queue: 'others' } })).toMatchObject({ status: 404 })
    expect(await call(redrive, { path: { queue: 'changes' } })).toMatchObject({
      status: 409,
      body: { code: 'needs-command-line' },
    })
    for (const atMost of [0, 1001, 1.5, '1']) {
      expect(await call(redrive, { path, body: { atMost } })).toMatchObject({ status: 400 })
    }
    expect(await call('GET /v1/operate/dead-letters', foreign)).toMatchObject({ status: 403 })
    expect(await call(redrive, { path, ...foreign })).toMatchObject({ status: 403 })
    expect(await entriesOf(call)).toEqual([])
  })
})

describe('the callback registrations over HTTP', () => {
  test('are listed as they were last checked, for the accounts of the token', async () => {
    const world = createWorld()
    const call = operating(world)
    const checkedAt = world.now()
    await world.store.saveListener({
      accountName: account,
      service: 'DeviceProfileService',
      state: 'absent',
      checkedAt,
      refusal: 'refused 400',
      known: { state: 'absent', at: checkedAt },
    })
    const at = new Date(checkedAt).toISOString()
    const claims = { accounts: `[${account}]` }
    expect((await call('GET /v1/operate/listeners', { claims })).body).toMatchObject({
      items: [
        {
          accountName: account,
          service: 'DeviceProfileService',
          orders: 'refused',
          state: 'absent',
          checkedAt: at,
          refusal: 'refused 400',
          known: { state: 'absent', at },
        },
        { accountName: account, service: 'CarrierService', orders: 'refused', state: null, checkedAt: null },
      ],
    })
    const { items } = z.object({ items: z.array(z.unknown()) }).parse((await call('GET /v1/operate/listeners')).body)
    expect(items).toHaveLength(4)
    expect((await call('GET /v1/operate/listeners', foreign)).body).toEqual({ items: [] })
    const query = { accountName: account }
    expect(await call('GET /v1/operate/listeners', { query })).toMatchObject({ status: 400 })
  })

  test('are checked at once on demand, and the audit says who asked', async () => {
    const call = operating(createWorld())
    expect(await call('POST /v1/operate/listeners/check')).toMatchObject({ status: 202, body: { outcome: 'asked' } })
    expect(call.checks.asked).toBe(1)
    expect(await entriesOf(call)).toMatchObject([{ act: 'listener.check', subject: 'listeners', result: 'done' }])
  })
})

describe('the audit over HTTP', () => {
  test('is paged, filtered, limited to the accounts of the token, and exported as CSV', async () => {
    const world = createWorld()
    const call = operating(world)
    for (const [subject, accountName] of [
      ['one', account],
      ['two', undefined],
      ['three', account],
    ] as const) {
      world.advance(1)
      await world.auditOf('ops').begin({ act: 'request.retry', actor: '=operator', subject, accountName })
    }
    const seen: unknown[] = []
    let cursor: string | null = null
    do {
      const query: Record<string, string> = { limit: '1', ...(cursor === null ? {} : { cursor }) }
      const page = Listed.parse((await call('GET /v1/operate/audit', { query })).body)
      seen.push(...page.items.map((item) => item['subject']))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen).toEqual(['three', 'two', 'one'])

    const own = await call('GET /v1/operate/audit', { claims: { accounts: `[${account}]` } })
    expect(Listed.parse(own.body).items.map((item) => item['subject'])).toEqual(['three', 'one'])
    const query = { accountName: account }
    expect(await call('GET /v1/operate/audit', { query, ...foreign })).toMatchObject({ status: 403 })

    const csv = await call('GET /v1/operate/audit', { headers: { accept: 'text/csv' }, query: { subject: 'two' } })
    expect(csv.headers['content-type']).toContain('text/csv')
    expect(csv.body).toContain(",request.retry,'=operator,ops,")
  })
})
