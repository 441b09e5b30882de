import { describe, expect, test } from 'vitest'
import { AccountConcurrency, LambdaFunction, processorMilliseconds } from './concurrency.ts'
import { QueueSource } from './queue-source.ts'
import { pollMilliseconds, StreamLanes } from './stream-lanes.ts'

const aFunction = (over: { reserved?: number; account?: AccountConcurrency } = {}) =>
  new LambdaFunction({ account: new AccountConcurrency(10_000), coldStartMilliseconds: 400, now: 0, ...over })
const begun = (lambda: LambdaFunction, count: number, now = 0) =>
  Array.from({ length: count }, () => lambda.begin(now)).filter((outcome) => outcome !== 'throttled').length

describe('environments of a function', () => {
  test('a function gets 1,000 new environments at once and 1,000 more in the next ten seconds', () => {
    const lambda = aFunction()
    expect(begun(lambda, 3000)).toBe(1000)
    expect(begun(lambda, 3000, 10_000)).toBe(1000)
  })

  test('environments that were not started in ten seconds are not added to the next ten', () => {
    expect(begun(aFunction(), 3000, 60_000)).toBe(1000)
  })

  test('the first call of an environment waits for its start, and the next one does not', () => {
    const lambda = aFunction()
    expect(lambda.begin(0)).toEqual({ afterMilliseconds: 400 })
    lambda.end(500)
    expect(lambda.begin(600)).toEqual({ afterMilliseconds: 0 })
  })

  test('an account has 1,000 concurrent executions in all', () => {
    const account = new AccountConcurrency()
    const [one, two] = [aFunction({ account }), aFunction({ account })]
    expect(begun(one, 700) + begun(two, 700)).toBe(1000)
    one.end(1)
    expect(two.begin(2)).not.toBe('throttled')
  })

  test('reserved concurrency is kept for its function, which cannot exceed it', () => {
    const account = new AccountConcurrency()
    const reserved = aFunction({ account, reserved: 100 })
    expect(begun(aFunction({ account }), 1000)).toBe(900)
    expect(begun(reserved, 200)).toBe(100)
    expect(reserved.throttles).toBe(100)
  })

  test('512 MB have a share of one processor', () => {
    expect(processorMilliseconds(10, 512)).toBeCloseTo(34.55, 2)
    expect(processorMilliseconds(10, 1769)).toBe(10)
  })
})

describe('a queue as event source', () => {
  test('Lambda begins with five batches and adds 300 a minute', () => {
    const source = new QueueSource(1000, 0)
    expect(source.allowed(true, 0)).toBe(5)
    expect(source.allowed(true, 60_000)).toBe(305)
    expect(source.allowed(true, 120_000)).toBe(605)
  })

  test('it never exceeds the maximum concurrency', () => {
    expect(new QueueSource(2, 0).allowed(true, 0)).toBe(2)
    const source = new QueueSource(20, 0)
    expect(source.allowed(true, 600_000)).toBe(20)
    const begins = Array.from({ length: 30 }, () => source.begin(600_000))
    expect(begins.filter(Boolean)).toHaveLength(20)
  })

  test('it returns to five batches if nothing waits', () => {
    const source = new QueueSource(1000, 0)
    source.allowed(true, 60_000)
    expect(source.allowed(false, 240_000)).toBe(5)
  })
})

describe('a stream as event source', () => {
  const rules = { batchSize: 100, parallelizationFactor: 2, windowSeconds: 0 }

  test('each shard is read four times a second', () => {
    expect(pollMilliseconds).toBe(250)
  })

  test('a stream has as many batches at once as shards times the parallelization factor', () => {
    expect(new StreamLanes<number>(4, rules).lanes).toBe(8)
  })

  test('records of one item stay in order, in batches of which one is in progress', () => {
    const stream = new StreamLanes<number>(4, rules)
    let lane = 0
    for (let index = 0; index < 150; index += 1) lane = stream.put(7, index)
    expect(stream.begin(lane)).toEqual(Array.from({ length: 100 }, (_, index) => index))
    expect(stream.begin(lane)).toEqual([])
    stream.end(lane, 100)
    expect(stream.begin(lane)).toHaveLength(50)
  })

  test('a batch that failed comes again from its first failed record', () => {
    const stream = new StreamLanes<number>(1, rules)
    for (let index = 0; index < 5; index += 1) stream.put(0, index)
    stream.begin(0)
    stream.end(0, 2)
    expect(stream.begin(0)).toEqual([2, 3, 4])
    expect(stream.waiting).toBe(3)
  })
})
