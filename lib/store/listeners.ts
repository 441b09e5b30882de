import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import type { CallbackTestStore } from '../profile/callback/callback-test.ts'
import type { ListenerStore } from '../profile/listener/listener-store.ts'
import { entities, itemVersion, readItem } from './table/items.ts'
import { callbackTestKey, listenerKey } from './table/keys.ts'
import type { Table } from './table/table.ts'
import { joinUpdate } from './table/update-parts.ts'

const StoredListener = z.object({
  accountName: z.string(),
  service: z.string(),
  state: z.string(),
  checkedAt: z.number(),
  refusal: z.optional(z.string()),
  known: z.optional(z.object({ state: z.string(), at: z.number() })),
})

/**
 * The last state that keep-listener found for each account and service. The stream publishes each change as an event.
 */
export const listenerStore = ({ client, tableName }: Table): ListenerStore => ({
  async saveListener({ accountName, service, refusal, known, ...record }) {
    const values = { entity: entities.listener, itemVersion, accountName, service, ...record }
    const set = { ...values, ...(refusal !== undefined && { refusal }), ...(known !== undefined && { known }) }
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: listenerKey(accountName, service),
        ...joinUpdate({
          set: Object.keys(set).map((name) => `#${name} = :${name}`),
          remove: refusal === undefined ? ['#refusal'] : [],
          names: Object.fromEntries([...Object.keys(set), 'refusal'].map((name) => [`#${name}`, name])),
          values: Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        }),
      }),
    )
  },

  async listListeners(accountName) {
    const { pk } = listenerKey(accountName, '')
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
      }),
    )
    return Items.map((item) => readItem(StoredListener, item))
  },
})

const StoredTest = z.object({
  testId: z.string(),
  accountName: z.string(),
  receivedAt: z.number(),
  recordedAt: z.number(),
})

/** How long a test of the endpoint is kept. */
const testSeconds = 24 * 3600

/** Tests of the callback endpoint, which `npm run ops -- check` sends and reads. The stream's filter leaves them out. */
export const callbackTestStore = ({ client, tableName, clock }: Table): CallbackTestStore => ({
  async saveCallbackTest({ testId, accountName, receivedAt }) {
    const recordedAt = clock()
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: callbackTestKey(testId),
        ...joinUpdate({
          set: [
            'entity = :entity',
            'itemVersion = :itemVersion',
            'testId = :testId',
            'accountName = :accountName',
            'receivedAt = if_not_exists(receivedAt, :receivedAt)',
            'recordedAt = if_not_exists(recordedAt, :recordedAt)',
            'expiresAt = :expiresAt',
          ],
          values: {
            ':entity': entities.callbackTest,
            ':itemVersion': itemVersion,
            ':testId': testId,
            ':accountName': accountName,
            ':receivedAt': receivedAt,
            ':recordedAt': recordedAt,
            ':expiresAt': Math.floor(recordedAt / 1000) + testSeconds,
          },
        }),
      }),
    )
  },

  async readCallbackTest(testId) {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: callbackTestKey(testId), ConsistentRead: true }),
    )
    return Item === undefined ? undefined : readItem(StoredTest, Item)
  },
})
