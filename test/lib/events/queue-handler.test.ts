import { describe, expect, test } from 'vitest'
import { queueHandler } from '../../../lib/events/queue-handler.ts'
import { readWorkMessage } from '../../../lib/events/read-work-message.ts'
import { readReceivedCallback } from '../../../lib/events/read-received-callback.ts'
import type { Log } from '../../../lib/profile/ports.ts'
import { context, sqsEvent } from '../../builders.ts'

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('a batch of messages', () => {
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
  ])('$bodies: exactly the bad ones come back', async ({ bodies }) => {
    const event = sqsEvent(bodies)
    const back = event.Records.filter(({ body }) => fails(body)).map(({ messageId }) => ({ itemIdentifier: messageId }))
    expect(await handler(event, context)).toEqual({ batchItemFailures: back })
  })

  test('a message that throws before it does anything comes back alone, too', async () => {
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

  test('a slow message holds up no other', async () => {
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

describe('a batch with messages that have come back', () => {
  const patience = { batchMilliseconds: 60, messageMilliseconds: 30 }
  const batch = (bodies: string[], comeBack: (body: string) => boolean = () => true) => {
    const event = sqsEvent(bodies)
    for (const { body, attributes } of event.Records) attributes.ApproximateReceiveCount = comeBack(body) ? '2' : '1'
    return event
  }

  test('is worked on one by one in the order received, and long ones last', async () => {
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

  test('a message without an end is left, and all others are done and reported within the time', async () => {
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

  test('what there is no time for is reported as failed', async () => {
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
  ])('%s is none', (body) => {
    expect(() => readWorkMessage(body)).toThrow(/./)
  })
})

describe('a message of the callback endpoint', () => {
  const receive = (attributes: Record<string, string>) => {
    const [record] = sqsEvent(['{"requestId": "x"'], attributes).Records
    return record && readReceivedCallback(record)
  }

  test('is the body as it came, with what API Gateway knows of its sender', () => {
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
  ])('of the account %s is that of %s', (given, accountName) => {
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
  ])('that says it first came at %s is dated %i', (receivedAt, dated) => {
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
  ])('whose path has %s is kept under a bounded name', (_what, given, accountName) => {
    expect(receive({ accountName: given, sourceIp: given })).toMatchObject({ accountName })
  })

  test('that did not come through the door is nobody’s', () => {
    expect(receive({})).toMatchObject({ accountName: '-', sourceAddress: '-' })
  })
})
