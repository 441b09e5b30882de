import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import type { RequestStore } from '../profile/request/request-store.ts'
import { conditional, transactional } from './table/conditions.ts'
import {
  entities,
  type Item,
  itemVersion,
  readItem,
  requestItem,
  StoredRequest,
  submissionItem,
} from './table/items.ts'
import { partKey, requestKey } from './table/keys.ts'
import { expiredBy, expiryOf, keptAmong, partExpiryOf, type Table } from './table/table.ts'
import { joinUpdate } from './table/update-parts.ts'

const Versioned = z.object({ version: z.number() })

/** Request items: creating, reading and cancelling them. Summaries, manifests and lists have files of their own. */
export function requestStore(
  table: Table,
): Pick<RequestStore, 'createRequest' | 'getRequest' | 'peekVersion' | 'markCancelled' | 'linkReorder'> {
  const { client, tableName } = table
  const readRequest = (item: Item | undefined) => {
    const [kept] = keptAmong(table, item === undefined ? [] : [item])
    return kept === undefined ? undefined : readItem(StoredRequest, kept)
  }

  return {
    async createRequest({ request, parts, submission }) {
      const expiresAt = expiryOf(table, request.createdAt)
      const partsExpireAt = partExpiryOf(table, request.createdAt)
      const absent = {
        TableName: tableName,
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': expiredBy(table) },
      }
      const outcome = await transactional(table, (ClientRequestToken) =>
        client.send(
          new TransactWriteCommand({
            ClientRequestToken,
            TransactItems: [
              {
                Put: {
                  ...absent,
                  Item: requestItem(request, expiresAt),
                  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
                },
              },
              ...parts.map((devices, part) => ({
                Put: {
                  ...absent,
                  Item: {
                    ...partKey(request, part),
                    entity: entities.part,
                    itemVersion,
                    devices,
                    expiresAt: partsExpireAt,
                  },
                },
              })),
              ...(submission === undefined
                ? []
                : [{ Put: { ...absent, Item: submissionItem(submission, partsExpireAt) } }]),
            ],
          }),
        ),
      )
      if (outcome.kind === 'written') return { kind: 'created' }
      const existing = readRequest(outcome.items[0])
      if (existing === undefined) throw new Error(`request ${request.requestId} could not be stored`)
      // The generation is random: an equal one means that an earlier try of this very call has written the item.
      return existing.generation === request.generation ? { kind: 'created' } : { kind: 'exists', request: existing }
    },

    async peekVersion(requestId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: requestKey(requestId), ProjectionExpression: 'version' }),
      )
      return Item === undefined ? undefined : readItem(Versioned, Item).version
    },

    async getRequest(requestId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: requestKey(requestId), ConsistentRead: true }),
      )
      return readRequest(Item)
    },

    async linkReorder({ requestId, generation }, reorderId) {
      await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: requestKey(requestId),
            ...joinUpdate({
              set: ['reorderedBy = list_append(if_not_exists(reorderedBy, :none), :added)'],
              condition: ['generation = :generation', 'NOT contains(reorderedBy, :id)'],
              values: { ':generation': generation, ':none': [], ':added': [reorderId], ':id': reorderId },
            }),
          }),
        ),
      )
    },

    async markCancelled(requestId, now, by) {
      await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: requestKey(requestId),
            ...joinUpdate(
              {
                // The new version stops a summary that began before the cancellation from overwriting it.
                set: ['cancelledAt = :now', 'version = version + :one'],
                condition: ['attribute_exists(pk)', 'attribute_not_exists(cancelledAt)'],
                values: { ':now': now, ':one': 1 },
              },
              by === undefined ? {} : { set: ['cancelledBy = :by'], values: { ':by': by } },
            ),
          }),
        ),
      )
    },
  }
}
