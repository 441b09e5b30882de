import { expect, test } from 'vitest'
import { writeCallbackTest } from '../../lib/profile/callback/callback-test.ts'
import { account, sqsEvent, context } from '../builders.ts'
import { createWorld, credentials } from '../fakes/world.ts'

const testId = '5f0c4f7e-8a55-4c55-9a6e-0b1a6f6d2c11'

const attribute = (stringValue: string) => ({ stringValue, dataType: 'String' })
async function receive(body: string, world = createWorld({ refuseUnlistedAddresses: true, requireCredentials: true })) {
  const event = sqsEvent([body])
  for (const record of event.Records) {
    record.messageAttributes = { accountName: attribute(account), sourceIp: attribute('192.0.2.1') }
  }
  await world.handlers.record(event, context)
  return world
}

test('a test of the callback endpoint is stored apart, from any address, and is no result', async () => {
  const world = await receive(writeCallbackTest({ testId, credentials }))

  expect(await world.store.readCallbackTest(testId)).toMatchObject({ testId, accountName: account })
  expect(world.itemsOf('quarantine')).toEqual([])
  expect(world.itemsOf('quarantine-count')).toEqual([])
  expect(world.itemsOf('result')).toEqual([])
  expect(JSON.stringify(world.items())).not.toContain(credentials.password)
})

test('a test that arrives twice keeps its first times', async () => {
  const world = await receive(writeCallbackTest({ testId, credentials }))
  const first = await world.store.readCallbackTest(testId)
  world.advance(60)
  await receive(writeCallbackTest({ testId, credentials }), world)

  expect(await world.store.readCallbackTest(testId)).toEqual(first)
})

test.each([
  { about: 'a wrong password', body: writeCallbackTest({ testId, credentials: { username: 'x', password: 'y' } }) },
  { about: 'no password', body: JSON.stringify({ gatewayTest: testId }) },
  { about: 'a further member', body: JSON.stringify({ gatewayTest: testId, ...credentials, requestId: 'r' }) },
  { about: 'another id', body: JSON.stringify({ gatewayTest: 'x', ...credentials }) },
])('a test with $about is treated as any other message', async ({ body }) => {
  const world = await receive(body)

  expect(await world.store.readCallbackTest(testId)).toBeUndefined()
  expect(world.itemsOf('quarantine')).toHaveLength(1)
})
