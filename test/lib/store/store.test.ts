import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import { patienceMilliseconds } from '../../../lib/store/table/patience.ts'
import { requestItem } from '../../../lib/store/table/items.ts'
import { createStore } from '../../../lib/store/store.ts'
import { createTable } from '../../../local/dynamodb/create-table.ts'
import { dynamodbLocal } from '../../../local/dynamodb/dynamodb-local.ts'
import { dynoxide } from '../../../local/dynamodb/dynoxide.ts'
import type { Engine } from '../../../local/dynamodb/engine-kind.ts'
import { startDynamoDb } from '../../../local/dynamodb/engine.ts'
import { account, eidOf } from '../../builders.ts'
import { singleConflict, transactionCanceled, transactionInProgress } from '../../fakes/dynamodb/errors.ts'
import type { FakeDynamoDbOptions, Operation } from '../../fakes/dynamodb/fake.ts'
import { aRequest, noon } from '../profile/records.ts'
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
  describe.skipIf(missing !== undefined)('on an embedded engine', () => {
    describeStore(engineBackend(engine))
  })
}

/** A table whose clock advances only while a caller sleeps. `waits` are the delays in milliseconds. */
function waitingTable(options: Partial<FakeDynamoDbOptions>, random = () => 0.5) {
  const waits: number[] = []
  let now = noon
  const table: ReturnType<typeof fakeTable> = {
    ...fakeTable(options),
    clock: () => now,
    random,
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
      now += milliseconds
    },
  }
  return { table, waits, waited: () => now - noon }
}

describe('a throttled table', () => {
  const links = Array.from({ length: 60 }, (_, position) => ({
    identifier: { kind: 'eid' as const, id: eidOf(position) },
    requestId: 'request-1',
    generation: 'generation-1',
    position,
    accountName: account,
    action: 'disable' as const,
    createdAt: noon,
  }))

  test('that leaves some links unprocessed gets them again after a pause', async () => {
    const leftOnce = new Set<unknown>()
    const { table, waits } = waitingTable({
      unprocessed: ({ key }) => !leftOnce.has(key['pk']) && leftOnce.add(key['pk']) !== undefined,
    })
    await createStore(table).writeLinks(links)
    expect(table.client.snapshot()).toHaveLength(60)
    expect(waits).toEqual([25, 25, 25])
  })

  test('that accepts no link is called at growing intervals until the budget is used up', async () => {
    const { table, waits, waited } = waitingTable({ unprocessed: () => true })
    await expect(createStore(table).writeLinks(links.slice(0, 1))).rejects.toThrow('throttled')
    expect(waits.slice(0, 6)).toEqual([25, 50, 100, 200, 400, 500])
    expect(waited()).toBeLessThanOrEqual(patienceMilliseconds)
    expect(waits.length).toBeLessThan(20)
  })

  test('that leaves some requests of a list unprocessed is asked again, with an error at the end of the budget', async () => {
    let refusals = 2
    const { table, waits, waited } = waitingTable({ unprocessed: () => refusals-- > 0 })
    const store = createStore(table)
    await store.createRequest({ request: aRequest(), parts: [] })
    expect((await store.listRequests(account, {}, { limit: 10 })).rows).toHaveLength(1)
    expect(waits).toEqual([25, 50])
    refusals = Number.POSITIVE_INFINITY
    await expect(store.listRequests(account, {}, { limit: 10 })).rejects.toThrow('throttled')
    expect(waited()).toBeLessThanOrEqual(patienceMilliseconds + 75)
  })

  test('is called by two workers at different times, because the pauses are random', async () => {
    const delays = [0.1, 0.9].map(async (fraction) => {
      const { table, waits } = waitingTable({ unprocessed: () => true }, () => fraction)
      await createStore(table)
        .writeLinks(links.slice(0, 1))
        .catch(() => undefined)
      return waits[0]
    })
    expect(await Promise.all(delays)).toEqual([5, 45])
  })
})

describe('a write that conflicts with another transaction', () => {
  const order = { request: aRequest(), parts: [] }
  const metTwice = (error: () => Error) => {
    let left = 2
    return ({ command }: Operation) => {
      if (/Transact|Update|Put/.test(command) && left-- > 0) throw error()
    }
  }
  const canceled = (...codes: string[]) => transactionCanceled(codes.map((Code) => ({ Code })))

  test.each([
    ['a conflict', () => canceled('TransactionConflict')],
    ['a conflict beside throttling', () => canceled('TransactionConflict', 'ThrottlingError', 'None')],
    ['throttled capacity', () => canceled('ProvisionedThroughputExceeded', 'None')],
    ['its own first try under way', () => transactionInProgress()],
  ])('because of %s is repeated after a pause and succeeds', async (_name, error) => {
    const { table, waits } = waitingTable({ before: metTwice(error) })
    expect(await createStore(table).createRequest(order)).toEqual({ kind: 'created' })
    expect(table.client.snapshot()).toHaveLength(1)
    expect(waits).toEqual([25, 50])
  })

  test('is repeated with the same token, so that it runs once', async () => {
    const tokens: unknown[] = []
    const { table } = waitingTable({
      before: ({ input }) => {
        tokens.push((input as { ClientRequestToken?: string }).ClientRequestToken)
        if (tokens.length < 3) throw canceled('TransactionConflict')
      },
    })
    await createStore(table).createRequest(order)
    expect(tokens).toEqual([tokens[0], tokens[0], tokens[0]])
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('fails when conflicts continue until the end of the budget', async () => {
    const { table, waited } = waitingTable({
      before: () => {
        throw canceled('TransactionConflict')
      },
    })
    await expect(createStore(table).createRequest(order)).rejects.toThrow('cancelled')
    expect(waited()).toBeGreaterThan(patienceMilliseconds - 1000)
    expect(waited()).toBeLessThanOrEqual(patienceMilliseconds)
  })

  test('is not repeated if a reason is permanent', async () => {
    const { table, waits } = waitingTable({
      before: metTwice(() => canceled('TransactionConflict', 'ValidationError')),
    })
    await expect(createStore(table).createRequest(order)).rejects.toThrow('the table refuses this item')
    expect(waits).toEqual([])
  })

  test('is repeated even if it concerns a single item', async () => {
    let conflicts = 0
    const { table, waits } = waitingTable({
      before: ({ command }) => {
        if (command === 'UpdateCommand' && conflicts++ < 2) throw singleConflict()
      },
    })
    const store = createStore(table)
    await store.createRequest(order)
    await store.markCancelled(order.request.requestId, noon)
    expect((await store.getRequest(order.request.requestId))?.cancelledAt).toBe(noon)
    expect(waits).toEqual([25, 50])
  })
})

test('the store reads a request whose summary is stored under its name of version 0.1', async () => {
  const table = fakeTable()
  const request = aRequest()
  const { summary, ...rest } = requestItem(request, Math.floor(noon / 1000) + retainSeconds)
  await table.client.send(new PutCommand({ TableName: tableName, Item: { ...rest, fold: summary } }))
  expect(await createStore(table).getRequest(request.requestId)).toEqual(request)
})
