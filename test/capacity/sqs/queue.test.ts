import { describe, expect, test } from 'vitest'
import { SqsQueue } from './queue.ts'

const aQueue = (over: { maximumReceives?: number; inFlight?: number } = {}) =>
  new SqsQueue<string>({ visibilitySeconds: 30, ...over })
const bodiesOf = (batch: readonly { body: string }[]) => batch.map(({ body }) => body)

describe('a standard queue', () => {
  test('a delayed message becomes visible after its delay', () => {
    const queue = aQueue()
    queue.send({ body: 'later', delaySeconds: 900, now: 0 })
    expect(queue.receive(10, 899_999)).toEqual([])
    expect(bodiesOf(queue.receive(10, 900_000))).toEqual(['later'])
  })

  test('a delay of more than fifteen minutes is refused', () => {
    expect(() => aQueue().send({ body: 'later', delaySeconds: 901, now: 0 })).toThrow('refuses a delay')
  })

  test('a received message is hidden until its visibility time-out, and delivered again after it', () => {
    const queue = aQueue()
    queue.send({ body: 'one', now: 0 })
    queue.receive(1, 1000)
    expect(queue.receive(1, 30_999)).toEqual([])
    expect(queue.receive(1, 31_000)).toMatchObject([{ body: 'one', receives: 2 }])
  })

  test('a deleted message is not delivered again', () => {
    const queue = aQueue()
    queue.send({ body: 'one', now: 0 })
    const [message] = queue.receive(1, 0)
    queue.delete(message!, 10)
    expect(queue.receive(1, 60_000)).toEqual([])
    expect(queue.inFlight).toBe(0)
  })

  test('a message that was received too often goes to the dead letters', () => {
    const queue = aQueue({ maximumReceives: 2 })
    queue.send({ body: 'poison', now: 0 })
    queue.receive(1, 0)
    queue.receive(1, 30_000)
    expect(queue.receive(1, 60_000)).toEqual([])
    expect(bodiesOf(queue.deadLetters)).toEqual(['poison'])
  })

  test('no more than 120,000 messages are in flight', () => {
    const queue = aQueue()
    for (let index = 0; index < 120_001; index += 1) queue.send({ body: 'one', now: 0 })
    expect(queue.receive(200_000, 0)).toHaveLength(120_000)
    expect(queue.receive(1, 0)).toEqual([])
  })

  test('messages that time out leave room for others', () => {
    const queue = aQueue({ inFlight: 1 })
    queue.send({ body: 'one', now: 0 })
    queue.send({ body: 'two', now: 0 })
    expect(bodiesOf(queue.receive(2, 0))).toEqual(['one'])
    expect(bodiesOf(queue.receive(2, 30_000))).toEqual(['two'])
  })
})

describe('fair delivery', () => {
  const fill = (queue: SqsQueue<string>, group: string | undefined, count: number, now = 0) => {
    for (let index = 0; index < count; index += 1) queue.send({ body: group ?? 'none', group, now })
  }

  test('messages of quiet tenants come before those of one with more than a tenth, and at least 30, in flight', () => {
    const queue = aQueue()
    fill(queue, 'loud', 100)
    queue.receive(29, 0)
    fill(queue, 'quiet', 1, 1)
    expect(bodiesOf(queue.receive(1, 2))).toEqual(['loud'])
    expect(bodiesOf(queue.receive(1, 2))).toEqual(['quiet'])
  })

  test('a tenant with few messages in flight is noisy if it has more than a tenth of the processing time', () => {
    const queue = aQueue()
    fill(queue, 'slow', 10)
    const [message] = queue.receive(1, 0)
    queue.delete(message!, 20_000)
    fill(queue, 'quiet', 1, 20_001)
    expect(bodiesOf(queue.receive(1, 20_002))).toEqual(['quiet'])
  })

  test('a noisy tenant gets everything if nobody else waits', () => {
    const queue = aQueue()
    fill(queue, 'loud', 100)
    queue.receive(40, 0)
    expect(queue.receive(10, 0)).toHaveLength(10)
  })

  test('of several noisy tenants the one with the fewest messages in flight comes first', () => {
    const queue = aQueue()
    fill(queue, 'louder', 50)
    queue.receive(40, 0)
    fill(queue, 'loud', 50, 1)
    queue.receive(30, 2)
    expect(bodiesOf(queue.receive(5, 3))).toEqual(['loud', 'loud', 'loud', 'loud', 'loud'])
  })

  test('a tenant that sent nothing for five minutes is quiet again', () => {
    const queue = new SqsQueue<string>({ visibilitySeconds: 3600 })
    fill(queue, 'loud', 100)
    queue.receive(40, 0)
    fill(queue, 'quiet', 1, 299_000)
    expect(bodiesOf(queue.receive(1, 299_500))).toEqual(['quiet'])
    fill(queue, 'quiet', 1, 300_000)
    expect(bodiesOf(queue.receive(1, 300_001))).toEqual(['loud'])
  })

  test('messages without a group are tenants of their own and never noisy', () => {
    const queue = aQueue()
    fill(queue, undefined, 100)
    queue.receive(50, 0)
    fill(queue, 'other', 1, 1)
    expect(bodiesOf(queue.receive(1, 2))).toEqual(['none'])
  })
})
