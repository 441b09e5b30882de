import { expect, test } from 'vitest'
import { account, eidOf, iccidOf, localBody } from '../builders.ts'
import { aCallbackOf, createWorld, type World } from '../fakes/world.ts'
import { acceptsInSilence, isDown, losesTheCall, refuses } from '../fakes/thing-space.ts'
import { opsBench } from './bench.ts'

const download = (world: World, count = 1, key = 'order') => world.order('download_enable', localBody(count), { key })

/** A request that awaits a decision: its response was lost, its grace period is over, and no callback arrived. */
async function unconfirmed(world: World, key = 'order') {
  world.thingSpace.will(losesTheCall)
  const { requestId } = await download(world, 1, key)
  await world.pass(1300)
  return requestId
}

test('ops decisions is empty while callbacks may still arrive', async () => {
  const world = createWorld()
  world.thingSpace.will(losesTheCall)
  await download(world)
  await world.settle()

  expect((await opsBench(world).ops('decisions')).text).toBe('Nothing waits for a decision.')
})

test('ops decisions lists each submission with time, reason and choices, and masks its devices', async () => {
  const world = createWorld()
  const requestId = await unconfirmed(world)

  const { text, data } = await opsBench(world).ops('decisions')

  expect(text).toContain('1 submission waits for a decision')
  expect(text).toContain('was lost')
  expect(text).toContain(`npm run ops -- retry ${requestId}`)
  expect(text).toContain(`npm run ops -- cancel ${requestId} --abandon`)
  expect(text).toContain('download_enable runs twice')
  expect(text).toContain(`eid:...${eidOf(1).slice(-4)}`)
  expect(`${text}${JSON.stringify(data)}`).not.toContain(eidOf(1))
  expect((await opsBench(world).ops('decisions --full')).text).toContain(eidOf(1))
})

test.each([
  { given: '--stage prod', suggested: ' --stage prod' },
  { given: '--connection /tmp/stack.json', suggested: ' --connection /tmp/stack.json' },
  { given: "--connection /tmp/O'Hara$1.json", suggested: ` --connection '/tmp/O'\\''Hara$1.json'` },
])('with $given, every command suggested in the output is for the same gateway', async ({ given, suggested }) => {
  const world = createWorld()
  const requestId = await unconfirmed(world)
  const { ops } = opsBench(world)

  const { text, data } = await ops(`decisions ${given}`)
  const shown = await ops(`show ${requestId} ${given}`)

  const commands = [...`${text}\n${shown.text}`.matchAll(/npm run ops -- (.*?)(?=  |$)/gm)].map(([, words]) => words)
  expect(commands).toEqual([
    `show ${requestId} --devices${suggested}`,
    `retry ${requestId}${suggested}`,
    `cancel ${requestId} --abandon${suggested}`,
    `retry ${requestId}${suggested}`,
    `cancel ${requestId} --abandon${suggested}`,
  ])
  expect(data).toMatchObject({
    waiting: [
      {
        options: [
          { command: `retry ${requestId}${suggested}` },
          { command: `cancel ${requestId} --abandon${suggested}` },
        ],
      },
    ],
  })
})

test('ops show prints the whole history, including the decision and who made it', async () => {
  const world = createWorld()
  const requestId = await unconfirmed(world)
  const { ops } = opsBench(world)
  await ops(`retry ${requestId}`)
  await world.settle()
  await world.callback(aCallbackOf('upstream-1', [{ kind: 'eid', id: eidOf(1) }]))
  await world.settle()

  const { text, data } = await ops(`show ${requestId} --devices`)

  const order = ['accepted', 'attempt 1', 'decision', 'attempt 2', 'callbacks', 'final']
  const story = text.slice(text.indexOf('detail'))
  expect(order.map((what) => story.indexOf(what))).toEqual(
    order.map((what) => story.indexOf(what)).toSorted((a, b) => a - b),
  )
  expect(order.filter((what) => !story.includes(what))).toEqual([])
  expect(text).toContain('unknown: connection-lost')
  expect(text).toContain('retry, by operator:kim')
  expect(text).toContain('1 succeeded')
  expect(data).toMatchObject({ status: 'succeeded', deviceResults: [{ status: 'succeeded' }] })
})

test('a decision is stored with the request and visible in the API', async () => {
  const world = createWorld()
  const requestId = await unconfirmed(world)

  await opsBench(world).ops(`cancel ${requestId} --abandon`)

  const shown = await world.show(requestId)
  expect(shown.status).toBe('expired')
  expect(shown.submissions.items[0]).toMatchObject({
    state: 'abandoned',
    decisions: [{ by: 'operator:kim', what: 'abandon' }],
  })
})

test('a cancellation is stored with the name of the operator', async () => {
  const world = createWorld()
  world.thingSpace.will(isDown)
  const { requestId } = await download(world)

  const told = await opsBench(world).ops(`cancel ${requestId}`)

  expect(told.notes).toContain('Cancelling is final')
  expect(await world.show(requestId)).toMatchObject({ status: 'cancelled', cancelledBy: 'operator:kim' })
  expect(await opsBench(world).ops(`retry ${requestId}`)).toMatchObject({ outcome: 'nothing' })
})

test('a decision made through the API is stored with its caller', async () => {
  const world = createWorld()
  const requestId = await unconfirmed(world)

  await world.decide('retry', requestId)

  const { submissions } = await world.show(requestId)
  expect(submissions.items[0]?.decisions).toMatchObject([{ by: 'https://issuer.test|sub:app-1', what: 'retry' }])
})

test('ops changes nothing without confirmation', async () => {
  const world = createWorld()
  const requestId = await unconfirmed(world)

  const told = await opsBench(world).ops(`retry ${requestId}`, { says: false })

  expect(told.outcome).toBe('declined')
  expect(told.questions).toEqual(['retry 1 request?'])
  expect(world.thingSpace.calls).toHaveLength(1)
  expect((await world.show(requestId)).status).toBe('unconfirmed')
})

test('ops retry does not send a submission that has a callback, even after its grace period', async () => {
  const world = createWorld({ settings: { leaseSeconds: 7200 } })
  world.thingSpace.will(async () => {
    await world.callback(aCallbackOf('upstream-1', [{ kind: 'eid', id: eidOf(1) }]))
    await world.stream()
    return acceptsInSilence
  })
  const { requestId } = await download(world)
  await world.pass(1300)
  const { ops } = opsBench(world)

  expect((await ops('decisions')).text).toContain('for one of its devices under the unknown id upstream-1')
  expect((await ops(`show ${requestId}`)).text).toContain('The sweep adopts this id')
  expect((await ops('orphans')).text).toContain(`${requestId} submission 0 (unconfirmed)`)
  const told = await ops(`retry ${requestId}`)

  expect(told.outcome).toBe('nothing')
  expect(told.notes).toContain('is skipped: ThingSpace sent a callback about it')
  expect(world.thingSpace.accepted).toHaveLength(1)
})

test('ops retry leaves the choice to the operator if a callback may be about another profile of the card', async () => {
  const world = createWorld({ settings: { leaseSeconds: 7200 } })
  world.thingSpace.will(async () => {
    const other = [
      { kind: 'eid', id: eidOf(1) },
      { kind: 'iccid', id: iccidOf(99) },
    ]
    await world.callback(aCallbackOf('upstream-1', other))
    await world.stream()
    return acceptsInSilence
  })
  const { requestId } = await download(world)
  await world.pass(1300)
  const { ops } = opsBench(world)

  expect((await ops('decisions')).text).toContain('The callback may be about another profile of the card')
  expect((await ops('decisions --stage prod')).text).toContain('see npm run ops -- orphans --stage prod\n')
  expect((await ops(`retry ${requestId} --stage prod`)).notes).toContain('see npm run ops -- orphans --stage prod.')
  const told = await ops(`retry ${requestId}`)
  const insisted = await ops(`retry ${requestId} --despite-callbacks`)
  await world.settle()

  expect(told.outcome).toBe('nothing')
  expect(told.notes).toContain('is skipped: callbacks that may be about it have arrived')
  expect(insisted.outcome).toBe('done')
  expect(world.thingSpace.accepted).toHaveLength(2)
})

test('ops retry counts the matches of a filter first and sends only those that are still unchanged', async () => {
  const world = createWorld()
  world.thingSpace.otherwise = refuses()
  for (const key of ['a', 'b', 'c', 'd']) {
    await world.submit(
      'download_enable',
      localBody(1, {
        devices: localBody(4)
          .devices.slice(key.charCodeAt(0) - 97)
          .slice(0, 1),
      }),
      { key },
    )
  }
  await world.settle()
  const before = world.thingSpace.calls.length

  const told = await opsBench(world).ops(`retry --state rejected --account ${account} --rate 100`)

  expect(told.notes).toMatch(/download_enable +rejected +4 +4 +4/)
  expect(told.data).toMatchObject({ requests: 4, done: 4, submissions: 4, failed: 0 })
  await world.deliver()
  expect(world.thingSpace.calls).toHaveLength(before + 4)
})

test('the same command completes an interrupted decision without repeating it', async () => {
  const world = createWorld()
  for (const key of ['a', 'b', 'c']) {
    world.thingSpace.will(losesTheCall)
    await download(world, 1, key)
  }
  await world.pass(1300)
  const { ops } = opsBench(world)

  const stopped = await ops('retry --state awaiting-decision', { stopAfter: 1 })
  const rest = await ops('retry --state awaiting-decision')
  await world.settle()

  expect(stopped).toMatchObject({ outcome: 'stopped', data: { done: 1, stopped: true } })
  expect(rest).toMatchObject({ outcome: 'done', data: { requests: 2, done: 2 } })
  expect(world.thingSpace.accepted).toHaveLength(3)
})

test('a filter by account requires an account and cannot be combined with ids', async () => {
  const { ops } = opsBench(createWorld())

  await expect(ops('retry --state rejected')).rejects.toThrow('needs --account')
  await expect(ops('retry request-1 --state rejected')).rejects.toThrow('not both')
  await expect(ops('cancel')).rejects.toThrow('--state')
  await expect(ops('retry nobody')).rejects.toThrow('Request nobody does not exist')
  await expect(ops('retry --state awaiting-decision --older-than soon')).rejects.toThrow('not a duration')
  expect(await ops('show nobody')).toMatchObject({ outcome: 'nothing' })
})

test('ops leaves submissions that are newer than --older-than', async () => {
  const world = createWorld()
  await unconfirmed(world)
  const { ops } = opsBench(world)

  expect(await ops('retry --state awaiting-decision --older-than 2h')).toMatchObject({ outcome: 'nothing' })
  await world.pass(7300)
  expect(await ops('retry --state awaiting-decision --older-than 2h')).toMatchObject({ outcome: 'done' })
})
