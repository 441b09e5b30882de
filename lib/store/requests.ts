import {
  BatchGetCommand,
  type BatchGetCommandOutput,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { devicesPerPart, partsOfRange, unpackDevices } from '../profile/request/manifest.ts'
import { PoisonedItem } from '../profile/request/poisoned-item.ts'
import type { PageCall } from '../profile/ports.ts'
import type { RequestStore } from '../profile/request/request-store.ts'
import type { ProfileRequest } from '../profile/request/request.ts'
import { isFinalRequest } from '../profile/request/states.ts'
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
import { accountListing, dueBucketOf, isoOf, listedKey, listingPosition, partKey, requestKey } from './table/keys.ts'
import { startPatience } from './table/patience.ts'
import { expiredBy, expiryOf, keptAmong, partExpiryOf, type Table } from './table/table.ts'

const Part = z.object({ devices: z.instanceof(Uint8Array) })
const Versioned = z.object({ version: z.number() })
const Listed = z.object({ pk: z.string(), sk: z.string(), listedAt: z.string() })

/** Requests and their manifests. */
export function requestStore(table: Table): RequestStore {
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
      return existing.generation === request.generation ? { kind: 'created' } : { kind: 'exists', request: existing }
    },

    async getRequest(requestId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: requestKey(requestId), ConsistentRead: true }),
      )
      return readRequest(Item)
    },

    async getDevices(request, firstDevice, deviceCount) {
      const { requestId, manifest } = request
      if (manifest !== undefined) return unpackDevices(manifest).slice(firstDevice, firstDevice + deviceCount)
      const { first, last } = partsOfRange(firstDevice, deviceCount)
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':pk': requestKey(requestId).pk,
            ':first': partKey(request, first).sk,
            ':last': partKey(request, last).sk,
          },
          ConsistentRead: true,
        }),
      )
      const devices = Items.flatMap((item) => unpackDevices(readItem(Part, item).devices))
      const start = first * devicesPerPart
      // A part that is missing would put other devices in the place of its own.
      const whole = Math.min((last + 1) * devicesPerPart, request.deviceCount) - start
      if (devices.length !== whole) throw new PoisonedItem(`the manifest of request ${requestId} is not whole`)
      return devices.slice(firstDevice - start, firstDevice - start + deviceCount)
    },

    async askForSummary(request, { dueAt, reopened }) {
      const outcome = await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: requestKey(request.requestId),
            UpdateExpression:
              'SET askedAt = :version, dueAt = :dueAt, dueBucket = :bucket' +
              (reopened.size > 0 ? ' ADD reopened :reopened' : ''),
            ConditionExpression: 'version = :version AND generation = :generation',
            ExpressionAttributeValues: {
              ':version': request.version,
              ':generation': request.generation,
              ':dueAt': dueAt,
              ':bucket': dueBucketOf(request.requestId),
              ...(reopened.size > 0 ? { ':reopened': reopened } : {}),
            },
          }),
        ),
      )
      return outcome.kind === 'written'
    },

    async beginSummary(request) {
      const outcome = await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: requestKey(request.requestId),
            UpdateExpression: 'SET version = :next',
            ConditionExpression: 'version = :version AND generation = :generation',
            ExpressionAttributeValues: {
              ':version': request.version,
              ':generation': request.generation,
              ':next': request.version + 1,
            },
          }),
        ),
      )
      return outcome.kind === 'written'
    },

    async saveSummary(request, summary, { now, dueAt }) {
      const isFinal = isFinalRequest(summary.status)
      const save = (date: { set: string[]; remove: string[]; condition: string; values: Item }) =>
        conditional(table, () =>
          client.send(
            new UpdateCommand({
              TableName: tableName,
              Key: requestKey(request.requestId),
              UpdateExpression: updateOf({
                set: [
                  'summary = :summary, version = :next, updatedAt = :now',
                  ...(isFinal ? ['finalAt = if_not_exists(finalAt, :now)'] : []),
                  ...date.set,
                ],
                remove: [...(isFinal ? [] : ['finalAt']), ...date.remove],
              }),
              ConditionExpression: `version = :version AND generation = :generation${date.condition}`,
              ExpressionAttributeValues: {
                ':summary': summary,
                ':next': request.version + 1,
                ':version': request.version,
                ':generation': request.generation,
                ':now': now,
                ...date.values,
              },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            }),
          ),
        )
      const bucket = dueBucketOf(request.requestId)
      const outcome = await save({
        condition: ' AND (attribute_not_exists(askedAt) OR askedAt < :version)',
        ...(dueAt === undefined
          ? { set: [], remove: ['dueAt', 'dueBucket', 'reopened'], values: {} }
          : {
              set: ['dueAt = :dueAt', 'dueBucket = :bucket'],
              remove: ['reopened'],
              values: { ':dueAt': dueAt, ':bucket': bucket },
            }),
      })
      if (outcome.kind === 'written') return true
      if (outcome.item === undefined || readItem(Versioned, outcome.item).version !== request.version) return false
      // Somebody asked for another summary while this one was made: its date and its submissions stay.
      return (await save({ condition: '', set: [], remove: [], values: {} })).kind === 'written'
    },

    async markCancelled(requestId, now, by) {
      await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: requestKey(requestId),
            // A new version, so that a summary that began before the cancellation is not written over it.
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

/** An update expression of its parts. */
const updateOf = ({ set, remove }: { set: readonly string[]; remove: readonly string[] }): string =>
  `SET ${set.join(', ')}${remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : ''}`

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
      for (const item of keptAmong(table, answer.Responses?.[tableName])) {
        const request = readItem(StoredRequest, item)
        found.set(requestKey(request.requestId).pk, request)
      }
      wanted = answer.UnprocessedKeys?.[tableName]?.Keys ?? []
      if (wanted.length === 0) break
      if (!(await waited())) throw new Error('the requests of a list are being throttled')
    }
  }
  return keys.flatMap(({ pk }) => found.get(pk) ?? [])
}
