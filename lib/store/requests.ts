import {
  BatchGetCommand,
  type BatchGetCommandOutput,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { devicesPerPart, partsOfRange, unpackDevices } from '../profile/manifest.ts'
import type { PageCall, RequestStore } from '../profile/ports.ts'
import { isFinalRequest, ProfileRequest } from '../profile/request.ts'
import { conditional, transactional } from './conditions.ts'
import { entities, type Item, itemVersion, readItem, requestItem, submissionItem } from './items.ts'
import { accountListing, dueBucketOf, isoOf, listedKey, listingPosition, partKey, requestKey } from './keys.ts'
import { startPatience } from './patience.ts'
import { expiryOf, type Table } from './table.ts'

const Part = z.object({ devices: z.instanceof(Uint8Array) })
const Listed = z.object({ pk: z.string(), sk: z.string(), listedAt: z.string() })

/** Requests and their manifests. */
export function requestStore(table: Table): RequestStore {
  const { client, tableName } = table
  const readRequest = (item: Item | undefined) => (item === undefined ? undefined : readItem(ProfileRequest, item))

  return {
    async createRequest({ request, parts, submission }) {
      const expiresAt = expiryOf(table, request.createdAt)
      const absent = { TableName: tableName, ConditionExpression: 'attribute_not_exists(pk)' }
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
                  Item: { ...partKey(request.requestId, part), entity: entities.part, itemVersion, devices, expiresAt },
                },
              })),
              ...(submission === undefined
                ? []
                : [{ Put: { ...absent, Item: submissionItem(submission, expiresAt) } }]),
            ],
          }),
        ),
      )
      if (outcome.kind === 'written') return { kind: 'created' }
      const existing = readRequest(outcome.items[0])
      if (existing === undefined) throw new Error(`parts of request ${request.requestId} exist without it`)
      return existing.commitId === request.commitId ? { kind: 'created' } : { kind: 'exists', request: existing }
    },

    async getRequest(requestId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: requestKey(requestId), ConsistentRead: true }),
      )
      return readRequest(Item)
    },

    async getDevices({ requestId, manifest }, firstDevice, deviceCount) {
      if (manifest !== undefined) return unpackDevices(manifest).slice(firstDevice, firstDevice + deviceCount)
      const { first, last } = partsOfRange(firstDevice, deviceCount)
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':pk': requestKey(requestId).pk,
            ':first': partKey(requestId, first).sk,
            ':last': partKey(requestId, last).sk,
          },
          ConsistentRead: true,
        }),
      )
      const devices = Items.flatMap((item) => unpackDevices(readItem(Part, item).devices))
      const offset = firstDevice - first * devicesPerPart
      return devices.slice(offset, offset + deviceCount)
    },

    async saveFold(request, fold, { now, dueAt }) {
      const isFinal = isFinalRequest(fold.status)
      const outcome = await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: requestKey(request.requestId),
            UpdateExpression:
              'SET fold = :fold, version = :next, updatedAt = :now' +
              (isFinal ? ', finalAt = if_not_exists(finalAt, :now)' : '') +
              (dueAt === undefined ? ' REMOVE dueAt, dueBucket' : ', dueAt = :dueAt, dueBucket = :bucket') +
              (isFinal ? '' : dueAt === undefined ? ', finalAt' : ' REMOVE finalAt'),
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: {
              ':fold': fold,
              ':next': request.version + 1,
              ':version': request.version,
              ':now': now,
              ...(dueAt === undefined ? {} : { ':dueAt': dueAt, ':bucket': dueBucketOf(request.requestId) }),
            },
          }),
        ),
      )
      return outcome.kind === 'written'
    },

    async bringForward(requestId, dueAt) {
      await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: requestKey(requestId),
            UpdateExpression: 'SET dueAt = :dueAt, dueBucket = :bucket',
            ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(dueAt) OR dueAt > :dueAt)',
            ExpressionAttributeValues: { ':dueAt': dueAt, ':bucket': dueBucketOf(requestId) },
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
            // A new version, so that a fold that began before the cancellation is not written over it.
            UpdateExpression:
              'SET cancelledAt = :now, version = version + :one' + (by === undefined ? '' : ', cancelledBy = :by'),
            ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(cancelledAt)',
            ExpressionAttributeValues: { ':now': now, ':one': 1, ...(by === undefined ? {} : { ':by': by }) },
          }),
        ),
      )
    },

    cursorBehind: ({ createdAt, requestId }) => listingPosition(createdAt, requestId),

    async listRequests(accountName, { createdAfter, createdBefore }, page: PageCall) {
      // DynamoDB calls a range that ends before it begins an error.
      if (createdAfter !== undefined && createdBefore !== undefined && createdAfter >= createdBefore)
        return { rows: [] }
      const account = accountListing(accountName)
      const first = createdAfter === undefined ? '0' : isoOf(createdAfter)
      // Positions go on behind the date, so the date itself sorts before everything of that instant.
      const last = createdBefore === undefined ? '~' : isoOf(createdBefore)
      // DynamoDB refuses a start outside of the range.
      if (page.cursor !== undefined && (page.cursor < first || page.cursor > last)) return { rows: [] }
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'byAccount',
          KeyConditionExpression: 'listedUnder = :account AND listedAt BETWEEN :after AND :before',
          ExpressionAttributeValues: {
            ':account': account,
            ':after': first,
            ':before': last,
          },
          ScanIndexForward: false,
          Limit: page.limit,
          // A cursor is only a position in this account's list, so a forged one can name no other.
          ExclusiveStartKey:
            page.cursor === undefined
              ? undefined
              : { listedUnder: account, listedAt: page.cursor, ...listedKey(page.cursor) },
        }),
      )
      const listed = Items.map((item) => readItem(Listed, item))
      const end = listed.at(-1)
      return {
        rows: await readAll(table, listed),
        ...(LastEvaluatedKey === undefined || end === undefined ? {} : { cursor: end.listedAt }),
      }
    },
  }
}

/** The requests of an index page, in its order. Items that vanished since (TTL) are left out. */
async function readAll(table: Table, listed: { pk: string; sk: string }[]): Promise<ProfileRequest[]> {
  const { client, tableName } = table
  const keys = listed.map(({ pk, sk }) => ({ pk, sk }))
  const found = new Map<string, ProfileRequest>()
  for (let first = 0; first < keys.length; first += 100) {
    let wanted: Item[] = keys.slice(first, first + 100)
    const waited = startPatience(table)
    for (;;) {
      const answer: BatchGetCommandOutput = await client.send(
        new BatchGetCommand({ RequestItems: { [tableName]: { Keys: wanted } } }),
      )
      for (const item of answer.Responses?.[tableName] ?? []) {
        const request = readItem(ProfileRequest, item)
        found.set(requestKey(request.requestId).pk, request)
      }
      wanted = answer.UnprocessedKeys?.[tableName]?.Keys ?? []
      if (wanted.length === 0) break
      if (!(await waited())) throw new Error('the requests of a list are being throttled')
    }
  }
  return keys.flatMap(({ pk }) => found.get(pk) ?? [])
}
