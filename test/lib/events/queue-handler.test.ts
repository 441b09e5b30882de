import { describe, expect, test } from 'vitest'
import { queueHandler } from '../../../lib/events/queue-handler.ts'
import { readWorkMessage } from '../../../lib/events/read-work-message.ts'
import { readReceivedCallback } from '../../../lib/events/read-received-callback.ts'
import type { Log } from '../../../lib/profile/ports.ts'
import { context, sqsEvent } from '../../builders.ts'

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('the queue handler, for a batch of messages', () => {
  const fails = (body: string) => body.startsWith('bad')
  const handler = queueHandler(
    async ({ body }) => {
      if (fails(body)) throw new Error(`${body} failed`)
    },
    { log: silent },
  )

  test.each([
    { bodies: [] },
    { bodies: ['good', 'good'] },
    { bodies: ['bad'] },
    { bodies: ['good', 'bad 1', 'good', 'bad 2'] },
    { bodies: ['bad 1', 'bad 2', 'bad 3'] },
  ])('$bodies, reports exactly the failed messages', async ({ bodies }) => {
    const event = sqsEvent(bodies)
    const back = event.Records.filter(({ body }) => fails(body)).map(({ messageId }) => ({ itemIdentifier: messageId }))
    expect(await handler(event, context)).toEqual({ batchItemFailures: back })
  })

  test('reports a message that throws before it does anything', async () => {
    const event = sqsEvent(['good', 'bad'])
    const impatient = queueHandler(
      ({ body }) => {
        if (fails(body)) throw new Error('at once')
        return Promise.resolve()
      },
      { log: silent },
    )
    expect(await impatient(event, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: event.Records[1]?.messageId }],
    })
  })

  test('does not let a slow message block the others', async () => {
    const done: string[] = []
    let release: () => void = () => undefined
    const slow = new Promise<void>((resolve) => {
      release = resolve
    })
    const working = queueHandler(
      async ({ body }) => {
        if (body === 'slow') await slow
        done.push(body)
        if (body === 'last') release()
      },
      { log: silent },
    )(sqsEvent(['slow', 'quick', 'last']), context)
    expect(await working).toEqual({ batchItemFailures: [] })
    expect(done).toEqual(['quick', 'last', 'slow'])
  })
})

describe('the queue handler, for a batch of redelivered messages,', () => {
  const patience = { batchMilliseconds: 60, messageMilliseconds: 30 }
  const batch = (bodies: string[], comeBack: (body: string) => boolean = () => true) => {
    const event = sqsEvent(bodies)
    for (const { body, attributes } of event.Records) attributes.ApproximateReceiveCount = comeBack(body) ? '2' : '1'
    return event
  }

  test('processes one message at a time in the order received, long ones last', async () => {
    const done: string[] = []
    const long = `long ${'x'.repeat(10_000)}`
    const handler = queueHandler(async ({ body }) => void done.push(body), { log: silent, patience })

    expect(
      await handler(
        batch([long, 'again 1', 'new', 'again 2'], (body) => body !== 'new'),
        context,
      ),
    ).toEqual({
      batchItemFailures: [],
    })
    expect(done).toEqual(['again 1', 'new', 'again 2', long])
  })

  test('leaves a message that never ends, and completes and reports all others in time', async () => {
    const done: string[] = []
    const event = batch(['hangs', 'quick 1', 'throws', 'quick 2'])
    const handler = queueHandler(
      ({ body }) => {
        if (body === 'throws') throw new Error('at once')
        return body === 'hangs' ? new Promise(() => undefined) : Promise.resolve(void done.push(body))
      },
      { log: silent, patience },
    )

    expect(await handler(event, context)).toEqual({
      batchItemFailures: [0, 2].map((at) => ({ itemIdentifier: event.Records[at]?.messageId })),
    })
    expect(done).toEqual(['quick 1', 'quick 2'])
  })

  test('reports the messages it had no time for as failed', async () => {
    const event = batch(['hangs 1', 'hangs 2', 'hangs 3', 'quick'])
    const handler = queueHandler(({ body }) => (body === 'quick' ? Promise.resolve() : new Promise(() => undefined)), {
      log: silent,
      patience,
    })

    expect((await handler(event, context)).batchItemFailures).toHaveLength(4)
  })
})

describe('a work message', () => {
  test.each([
    { kind: 'submission', requestId: 'request-1', submission: 0, attempt: 3 },
    { kind: 'part', requestId: 'request-1', part: 9 },
  ])('%j is read as it was sent', (message) => {
    expect(readWorkMessage(JSON.stringify(message))).toEqual(message)
  })

  test.each([
    '',
    'null',
    '{}',
    '{"kind":"submission","requestId":"request-1","submission":0}',
    '{"kind":"submission","requestId":"request-1","submission":-1,"attempt":0}',
    '{"kind":"submission","requestId":"request-1","submission":0,"attempt":"0"}',
    '{"kind":"other","requestId":"request-1"}',
  ])('%s is malformed', (body) => {
    expect(() => readWorkMessage(body)).toThrow(/./)
  })
})

describe('a message from the callback endpoint', () => {
  const receive = (attributes: Record<string, string>) => {
    const [record] = sqsEvent(['{"requestId": "x"'], attributes).Records
    return record && readReceivedCallback(record)
  }

  test('contains the unchanged body and the sender as API Gateway reports it', () => {
    expect(receive({ accountName: '0000123456-00001', sourceIp: '3.87.163.45' })).toEqual({
      body: '{"requestId": "x"',
      accountName: '0000123456-00001',
      sourceAddress: '3.87.163.45',
      receivedAt: 1_790_000_000_000,
    })
  })

  test.each([
    ['4%203TOM%20HPN2%20S', '4 3TOM HPN2 S'],
    ['4 3TOM HPN2 S', '4 3TOM HPN2 S'],
    ['100%', '100%'],
  ])('for the account %s belongs to %s', (given, accountName) => {
    expect(receive({ accountName: given, sourceIp: 'x' })).toMatchObject({ accountName })
  })

  const sent = 1_790_000_000_000
  test.each([
    [String(sent - 86_400_000), sent - 86_400_000],
    [String(sent), sent],
    [String(sent + 1), sent],
    [String(sent - 90 * 86_400_000), sent],
    ['0', sent],
    ['-1', sent],
    ['1.5', sent],
    ['1e12', sent],
    ['soon', sent],
    ['', sent],
    ['9'.repeat(400), sent],
    ['NaN', sent],
  ])('that says it first arrived at %s is dated %i', (receivedAt, dated) => {
    expect(receive({ accountName: 'x', sourceIp: 'x', receivedAt })).toMatchObject({ receivedAt: dated })
  })

  test.each([
    ['a quotation mark', '%22,%22receivedAt%22', '-'],
    ['broken percents', '%zz%', '%zz%'],
    ['bytes that are no UTF-8', '%ff%fe', '%ff%fe'],
    ['control characters', 'a%1b%5B31m%07b%00', '-'],
    ['C1 controls', 'a\u009bb', '-'],
    ['half a pair', 'a\ud83d', 'a\ufffd'],
    ['a very long name', 'x'.repeat(5000), '-'],
    ['a very long name of pairs', `x${'\u{1F600}'.repeat(5000)}`, '-'],
  ])('whose path has %s is stored under a name of limited length', (_what, given, accountName) => {
    expect(receive({ accountName: given, sourceIp: given })).toMatchObject({ accountName })
  })

  test('that did not come through the callback endpoint belongs to no account', () => {
    expect(receive({})).toMatchObject({ accountName: '-', sourceAddress: '-' })
  })
})
