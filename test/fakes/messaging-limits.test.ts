import { expect, test } from 'vitest'
import { sendableJson } from '../../lib/events/sendable.ts'
import { requireGroup, requireSendable, snsLimits, sqsLimits } from './messaging-limits.ts'
import { createFakeSubmissionQueue } from './submission-queue.ts'

test.each([
  ['SQS', sqsLimits],
  ['SNS', snsLimits],
])('the fake %s refuses a batch above 10 messages or above its bytes', (_name, limits) => {
  const ten = Array.from({ length: 10 }, () => 'x')
  expect(() => requireSendable(ten, limits)).not.toThrow()
  expect(() => requireSendable([...ten, 'x'], limits)).toThrow('TooManyEntries')
  const half = '\u20ac'.repeat(limits.batchBytes / 2 / 4) + 'x'.repeat(limits.batchBytes / 2 / 4)
  expect(() => requireSendable([half, half], limits)).not.toThrow()
  expect(() => requireSendable([half, `${half}x`], limits)).toThrow('TooLong')
})

test.each(['\u0000', '\u001b', '\ud83d', '\ufffe', '\uffff'])(
  'the fakes refuse the character %j in a message and accept it as JSON',
  (text) => {
    expect(() => requireSendable([text])).toThrow('InvalidMessageContents')
    expect(() => requireSendable([sendableJson({ text })])).not.toThrow()
    expect(JSON.parse(sendableJson({ text }))).toEqual({ text })
  },
)

test('the fake queue refuses the same messages as SQS', async () => {
  const queue = createFakeSubmissionQueue(() => 0)
  const send = (requestId: string, delaySeconds: number) =>
    queue.send([
      { message: { kind: 'part', requestId, part: 0 }, delaySeconds, lane: 'bulk', accountName: 'account-1' },
    ])
  await send('r', 900)
  await expect(send('r', 900.5)).rejects.toThrow('delay')
  await expect(send('r', -1)).rejects.toThrow('delay')
  await expect(send('r'.repeat(sqsLimits.batchBytes), 0)).rejects.toThrow('TooLong')
  await expect(send('\uffff', 0)).rejects.toThrow('InvalidMessageContents')
  expect(queue.sent).toHaveLength(1)
})

test('the fake queue refuses the same message groups as SQS', () => {
  for (const group of ['a', 'Z9', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', 'x'.repeat(128)]) {
    expect(() => requireGroup(group)).not.toThrow()
  }
  for (const group of ['', 'a b', 'ä', 'a\n', 'x'.repeat(129)]) {
    expect(() => requireGroup(group)).toThrow('MessageGroupId')
  }
})
