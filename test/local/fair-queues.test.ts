import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GroupLoad, quietFirst } from '../../local/aws/group-load.ts'
import { type RunningQueues, startQueues } from '../../local/aws/queues.ts'
import { region } from './builders.ts'

describe('a message group', () => {
  /** A queue with so many messages of each group in flight since the time 0. */
  const loadOf = (counts: Record<string, number>) => {
    const load = new GroupLoad()
    for (const [group, count] of Object.entries(counts)) {
      for (let at = 0; at < count; at += 1) load.begin(`${group}${at}`, group, 0)
    }
    return load
  }

  test('is noisy with more than a tenth of the messages in flight and at least 30 of them', () => {
    expect([...loadOf({ a: 30, b: 200 }).noisy(0)]).toEqual(['a', 'b'])
    expect([...loadOf({ a: 29, b: 200 }).noisy(0)]).toEqual(['b'])
    expect([...loadOf({ a: 30, b: 270 }).noisy(0)]).toEqual(['b'])
  })

  test('is noisy with more than a tenth of the recent processing time, however few messages it has', () => {
    const load = loadOf({ a: 1, b: 9 })
    for (let at = 0; at < 9; at += 1) load.end(`b${at}`, 1000)
    load.end('a0', 900)
    expect([...load.noisy(1000)]).toEqual(['b'])

    expect([...loadOf({ a: 1, b: 8 }).noisy(1000)]).toEqual(['a', 'b'])
  })

  test('is quiet again a minute after its last work', () => {
    const load = loadOf({ a: 10 })
    for (let at = 0; at < 10; at += 1) load.end(`a${at}`, 1000)
    load.begin('b0', 'b', 59_000)
    expect([...load.noisy(60_999)]).toEqual(['b'])
    expect([...load.noisy(59_000)]).toEqual(['a'])
  })

  test('of which nothing was received is quiet, and so is a message without a group', () => {
    const load = loadOf({ a: 1 })
    load.begin('none', undefined, 0)
    const noisy = load.noisy(1000)
    const messages = [{ group: 'a' }, { group: undefined }, { group: 'new' }, { group: 'a' }]
    expect(quietFirst(messages, ({ group }) => group, noisy)).toEqual([
      { group: undefined },
      { group: 'new' },
      { group: 'a' },
      { group: 'a' },
    ])
  })
})

describe('the local SQS', () => {
  let running: RunningQueues
  let QueueUrl: string

  beforeAll(async () => {
    const resources = { queues: new Map([['Queue', { VisibilityTimeout: 30 }]]), topics: new Set<string>() }
    running = await startQueues({ region, resources })
    QueueUrl = running.queues.get('Queue')!.url
  })
  afterAll(() => running.stop())

  const send = async (group: string, count: number) => {
    for (let first = 0; first < count; first += 10) {
      const Entries = Array.from({ length: Math.min(10, count - first) }, (_, at) => ({
        Id: String(at),
        MessageBody: `${group} ${first + at}`,
        MessageGroupId: group,
      }))
      await running.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    }
  }
  const receive = async (): Promise<Message> => {
    const { Messages = [] } = await running.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }))
    return Messages[0]!
  }

  test('delivers the messages of a quiet group before the waiting ones of a group that takes the processing time', async () => {
    await send('busy', 30)
    const first = await receive()
    await sleep(50)
    await running.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first.ReceiptHandle }))
    await send('quiet', 1)

    expect([first.Body, (await receive()).Body, (await receive()).Body]).toEqual(['busy 0', 'quiet 0', 'busy 1'])
  })
})
