import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { streamHandler } from '../../../lib/events/stream-handler.ts'
import type { Log } from '../../../lib/profile/ports.ts'
import type { StreamRecord } from '../../../lib/profile/callback/change.ts'
import { entities, requestItem, submissionItem } from '../../../lib/store/table/items.ts'
import { changeOf } from '../../../lib/store/stream-change.ts'
import { context } from '../../builders.ts'
import { aDevice, aRequest, aSubmission, noon } from '../profile/records.ts'

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

type Item = Record<string, unknown>

/** An item as Lambda passes it: DynamoDB JSON, with binary values as base64 text. */
const imageOf = (item: Item): NonNullable<DynamoDBRecord['dynamodb']>['NewImage'] =>
  JSON.parse(
    JSON.stringify(marshall(item, { removeUndefinedValues: true }), (_key, value: unknown) => {
      if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
      return isBufferJson(value) ? Buffer.from(value.data).toString('base64') : value
    }),
  )

const isBufferJson = (value: unknown): value is { type: 'Buffer'; data: number[] } =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value

const eventOf = (...changes: { before?: Item; after?: Item }[]): DynamoDBStreamEvent => ({
  Records: changes.map(({ before, after }, index) => ({
    eventName: before === undefined ? 'INSERT' : 'MODIFY',
    dynamodb: {
      SequenceNumber: `sequence-${index}`,
      ...(before === undefined ? {} : { OldImage: imageOf(before) ?? {} }),
      ...(after === undefined ? {} : { NewImage: imageOf(after) ?? {} }),
    },
  })),
})

const seenBy = async (event: DynamoDBStreamEvent): Promise<StreamRecord[]> => {
  let seen: StreamRecord[] = []
  await streamHandler(
    async (records) => {
      seen = records
      return undefined
    },
    { log: silent },
  )(event, context)
  return seen
}

const request = aRequest({ deviceCount: 3 })
const updated = { ...request, version: 1, summary: { ...request.summary, deviceStates: Uint8Array.of(2, 0x83, 0) } }

describe('the stream handler', () => {
  test('passes records on as plain values, including bytes', async () => {
    const item = {
      text: 'x',
      count: 1,
      yes: true,
      nothing: null,
      list: [1, { bytes: Uint8Array.of(1, 2) }],
      bytes: Uint8Array.of(0, 255),
      texts: new Set(['a']),
      nested: { bytes: Uint8Array.of(7) },
    }
    const [record] = await seenBy(eventOf({ before: item, after: { ...item, count: 2 } }))
    expect(record?.before).toEqual({
      ...item,
      list: [1, { bytes: Buffer.of(1, 2) }],
      bytes: Buffer.of(0, 255),
      nested: { bytes: Buffer.of(7) },
    })
    expect(record?.after).toMatchObject({ count: 2 })
  })

  test('reports nothing for a completed batch', async () => {
    const handler = streamHandler(async () => undefined, { log: silent })
    expect(await handler(eventOf({ after: { a: 1 } }), context)).toEqual({ batchItemFailures: [] })
  })

  test('reports the first record that failed', async () => {
    const handler = streamHandler(async () => ({ failedFrom: 1 }), { log: silent })
    expect(await handler(eventOf({ after: { a: 1 } }, { after: { a: 2 } }, { after: { a: 3 } }), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'sequence-1' }],
    })
  })

  test('fails the whole batch if the failed record has no sequence number', async () => {
    const handler = streamHandler(async () => ({ failedFrom: 5 }), { log: silent })
    await expect(handler(eventOf({ after: { a: 1 } }), context)).rejects.toThrow('no sequence number')
  })
})

describe('the stream handler reads', () => {
  const changesOf = async (...changes: { before?: Item; after?: Item }[]) =>
    (await seenBy(eventOf(...changes))).map(changeOf)

  test('a request before and after its change', async () => {
    const [created, changed] = await changesOf(
      { after: requestItem(request, 1) },
      { before: requestItem(request, 1), after: requestItem(updated, 1) },
    )
    expect(created).toEqual({ kind: 'request', before: undefined, after: comparable(request) })
    expect(changed).toEqual({ kind: 'request', before: comparable(request), after: comparable(updated) })
  })

  test('a submission, an upstream link and a result', async () => {
    const result = { upstreamRequestId: 'upstream', accountName: 'account', identifiers: aDevice(0), receivedAt: noon }
    expect(
      await changesOf(
        { after: submissionItem(aSubmission(), 1) },
        { after: { entity: entities.upstreamLink, requestId: 'request-1', submission: 0 } },
        { after: { entity: entities.result, ...result, raw: '{}' } },
      ),
    ).toEqual([
      { kind: 'submission', requestId: 'request-1' },
      { kind: 'upstream-link', requestId: 'request-1', submission: 0 },
      { kind: 'result', ...result },
    ])
  })

  test('nothing from store-internal items and deletions', async () => {
    expect(
      await changesOf(
        { after: { entity: entities.link } },
        { after: { entity: entities.credentials } },
        { after: { entity: 'something new' } },
        { before: requestItem(request, 1) },
      ),
    ).toEqual([undefined, undefined, undefined, undefined])
  })

  test('an error from a request that it cannot parse, so that the record is not skipped', () => {
    expect(() => changeOf({ before: undefined, after: { entity: entities.request } })).toThrow(/./)
  })
})

/** Bytes are read as a Buffer. */
function comparable(from: typeof request) {
  return { ...from, summary: { ...from.summary, deviceStates: Buffer.from(from.summary.deviceStates) } }
}
