import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import { createStore } from '../../../lib/store/store.ts'
import { createTable } from '../../../local/dynamodb/create-table.ts'
import { dynamodbLocal } from '../../../local/dynamodb/dynamodb-local.ts'
import { dynoxide } from '../../../local/dynamodb/dynoxide.ts'
import { type Engine, startDynamoDb } from '../../../local/dynamodb/engine.ts'
import { account, eidOf } from '../../builders.ts'
import { noon } from '../profile/records.ts'
import { fakeTable, retainSeconds, tableName, tableProperties, waiting } from './fake-table.ts'
import { describeStore, type StoreBackend } from './store-contract.ts'

const engineBackend = ({ name }: Engine): StoreBackend => ({
  name,
  async connect() {
    const running = await startDynamoDb({ preferred: name })
    const client = new DynamoDBClient({ endpoint: running.endpoint, maxAttempts: 2 })
    await createTable(client, tableProperties)
    const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
    return {
      table: { client: documents, tableName, retainSeconds, ...waiting },
      async close() {
        client.destroy()
        await running.stop()
      },
    }
  },
})

describeStore({
  name: 'the in-memory fake',
  connect: async () => ({ table: fakeTable(), close: async () => undefined }),
})

for (const engine of [dynoxide, dynamodbLocal]) {
  const located = await engine.locate()
  const missing = 'missing' in located ? located.missing : undefined
  if (missing !== undefined) console.warn(`The store is not tested on ${engine.name}: ${missing}.`)
  describe.skipIf(missing !== undefined)('on an engine of its own', () => {
    describeStore(engineBackend(engine))
  })
}

describe('a throttled table', () => {
  const pointers = Array.from({ length: 60 }, (_, position) => ({
    identifier: { kind: 'eid' as const, id: eidOf(position) },
    requestId: 'request-1',
    position,
    accountName: account,
    action: 'disable' as const,
    createdAt: noon,
  }))

  test('that leaves some pointers unprocessed is sent those again', async () => {
    const leftOnce = new Set<unknown>()
    const table = fakeTable({
      unprocessed: ({ key }) => !leftOnce.has(key['pk']) && leftOnce.add(key['pk']) !== undefined,
    })
    await createStore(table).writePointers(pointers)
    expect(table.client.snapshot()).toHaveLength(60)
  })

  test('that takes none at all is an error, in the end', async () => {
    const table = fakeTable({ unprocessed: () => true })
    await expect(createStore(table).writePointers(pointers)).rejects.toThrow('throttled')
  })
})
