import { expect, test } from 'vitest'
import { submissionsRules } from './deployment.ts'
import { Queue } from './queue.ts'
import { seeded } from './random.ts'
import { Scheduler } from './scheduler.ts'

/** A queue whose consumer takes two seconds for each message. */
function slowQueue() {
  const random = seeded(1)
  const scheduler = new Scheduler({
    startAt: 0,
    random,
    plan: new Map(),
    maximumSteps: 10_000,
    afterEffect: () => undefined,
  })
  const handled: string[] = []
  const queue = new Queue({
    name: 'retry-submission',
    rules: submissionsRules.bulk,
    scheduler,
    twice: () => false,
    shuffled: random.shuffled,
    async consume(invocation, { Records }) {
      handled.push(...Records.map(({ body }) => body))
      await scheduler.sleep(invocation, 2000)
      return { batchItemFailures: [] }
    },
  })
  return { queue, scheduler, handled }
}

test('the simulated queue delivers the message of a quiet account before the waiting ones of a noisy account', async () => {
  const { queue, scheduler, handled } = slowQueue()
  for (let at = 0; at < 100; at += 1) queue.send(`noisy ${at}`, { group: 'noisy' })
  scheduler.after(5000, () => queue.send('quiet', { group: 'quiet' }))

  await scheduler.run()

  expect(handled).toHaveLength(101)
  // Ten at a time: 30 have been handed out after five seconds.
  expect(handled.indexOf('quiet')).toBe(30)
})

test('the simulated queue keeps the order of messages within one account, and a mark keeps what it knows of them', async () => {
  const { queue, scheduler, handled } = slowQueue()
  const all = Array.from({ length: 30 }, (_, at) => `message ${at}`)
  for (const body of all) queue.send(body, { group: 'only' })
  await scheduler.run()
  expect(handled).toEqual(all)

  const back = queue.mark()
  queue.send('more', { group: 'only' })
  back()
  expect(queue.messages).toHaveLength(30)
  expect(queue.left).toEqual([])
})
