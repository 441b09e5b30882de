import { join } from 'node:path'
import { expect, test } from 'vitest'
import { receives } from '../../functions/retry-submission.ts'
import { serviceName } from '../../ops/connect/stage.ts'
import { readDeployment } from '../../local/deployment/read-deployment.ts'
import { account, context, eidOf, localBody, sqsEvent } from '../builders.ts'
import { aCallbackOf, createWorld, listedAddress } from '../fakes/world.ts'
import { losesTheCall } from '../fakes/thing-space.ts'
import { opsBench } from './bench.ts'

const deployment = await readDeployment(join(import.meta.dirname, '../../serverless.yml'), {})

test('retry-submission knows after how many receives SQS sets a message aside', () => {
  for (const lane of ['SubmissionsQueue', 'BulkSubmissionsQueue']) {
    expect(deployment.resources.queues.get(lane)?.RedrivePolicy?.maxReceiveCount).toBe(receives)
  }
  expect(deployment.service).toBe(serviceName)
})

test.each([
  { received: 4, deadLetters: undefined },
  { received: 5, deadLetters: 1 },
])(
  'a work message that fails for the $received. time leads to this number of dead letters in its submission: $deadLetters',
  async ({ received, deadLetters }) => {
    const world = createWorld()
    world.thingSpace.will({
      accepts: false,
      answers: () => ({ kind: 'not-accepted', cause: 'unavailable', error: {} }),
    })
    const { requestId } = await world.order('disable', localBody())
    world.advance(60)
    const event = sqsEvent([{ kind: 'submission', requestId, submission: 0, attempt: 1 }])
    event.Records[0]!.attributes.ApproximateReceiveCount = String(received)
    world.faults.store = ({ command }) => command === 'PutCommand'

    const report = await world.handlers.retry(event, context)

    expect(report.batchItemFailures).toHaveLength(1)
    const [submission] = (await world.show(requestId)).submissions.items
    expect(submission?.deadLetters).toBe(deadLetters)
    const { text } = await opsBench(world).ops(`show ${requestId}`)
    expect(text.includes('1 work message in the dead letters')).toBe(deadLetters === 1)
  },
)

test('the report of failures is the same if the dead letter cannot be counted', async () => {
  const world = createWorld()
  const { requestId } = await world.order('disable', localBody())
  world.faults.store = () => true
  const event = sqsEvent([{ kind: 'submission', requestId, submission: 0, attempt: 1 }])
  event.Records[0]!.attributes.ApproximateReceiveCount = '5'

  expect((await world.handlers.retry(event, context)).batchItemFailures).toHaveLength(1)
})

test('ops dead-letters counts messages by kind and age, redrives and deletes them, and leaves unreadable ones', async () => {
  const world = createWorld()
  const { ops, deadLetters, sentOn } = opsBench(world)
  const letter = (id: string, body: string) => ({
    id,
    receipt: id,
    body,
    attributes: {},
    sentAt: world.now() - 7_200_000,
  })
  deadLetters.push(
    letter('1', '{"kind":"submission","requestId":"r","submission":0,"attempt":1}'),
    letter('2', 'nonsense'),
  )

  const told = await ops('redrive submissions')

  expect(told.notes).toMatch(/submission +1 .*2 h ago/)
  expect(told.notes).toMatch(/unreadable +1/)
  expect(told.data).toEqual({ sentOn: 1, left: 1 })
  expect(sentOn.map(({ id }) => id)).toEqual(['1'])
  expect(deadLetters.map(({ id }) => id)).toEqual(['2'])
})

test('a redriven callback keeps the time at which it first arrived', async () => {
  const world = createWorld()
  const firstCame = world.now()
  world.thingSpace.will(losesTheCall)
  world.advance(600)
  const { requestId } = await world.order('download_enable', localBody())
  world.advance(100)
  const event = sqsEvent([aCallbackOf('upstream-9', [{ kind: 'eid', id: eidOf(1) }])], {
    accountName: account,
    sourceIp: listedAddress,
    receivedAt: String(firstCame),
  })
  event.Records[0]!.attributes.SentTimestamp = String(world.now())
  await world.record(event.Records)
  await world.pass(1300)

  // It arrived before the attempt started, so it cannot be about it.
  expect(
    (await world.store.listResults({ accountName: account, upstreamRequestId: 'upstream-9' }))[0]?.receivedAt,
  ).toBe(firstCame)
  expect((await world.show(requestId)).status).toBe('unconfirmed')
})

test('lost changes are repaired by updating the summaries of their requests', async () => {
  const world = createWorld()
  const { requestId } = await world.order('disable', localBody())
  await world.callback(aCallbackOf('upstream-1', [{ kind: 'eid', id: eidOf(1) }]))
  const { ops, deadLetters } = opsBench(world)
  deadLetters.push({ id: '1', receipt: '1', body: '{}', attributes: {}, sentAt: world.now() })

  const told = await ops(`redrive changes --account ${account}`)

  expect(told.data).toEqual({ requests: 1, changed: 1, removed: 1 })
  expect(await world.storedStatus(requestId)).toBe('succeeded')
  await expect(ops('redrive letters')).rejects.toThrow('not "letters"')
})
