import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { RequestName } from '../profile/request/request-store.ts'
import type { SubmissionStore } from '../profile/request/submission-store.ts'
import { Submission } from '../profile/request/submission.ts'
import { conditional, transactional } from './table/conditions.ts'
import { entities, type Item, itemVersion, readItem, submissionItem } from './table/items.ts'
import { upstreamLinkKey, requestPartition, submissionKey, submissionPrefix } from './table/keys.ts'
import { inParallel } from '../parallel.ts'
import { expiredBy, keptAmong, partExpiryOf, type Table } from './table/table.ts'
import { everyItemOf } from './table/pages.ts'
import { joinUpdate } from './table/update-parts.ts'

/** Submission items and their conditional transitions. */
export function submissionStore(table: Table): SubmissionStore {
  const { client, tableName } = table

  /**
   * Writes only over the revision that the caller has read, so that concurrent workers, sweeps and adoptions cannot
   * overwrite each other.
   */
  const fenced = (next: Submission, seen: Pick<Submission, 'revision'>) => ({
    TableName: tableName,
    // Retention starts at the last transition, so a write never shortens what `keepLonger` has extended.
    Item: submissionItem(next, partExpiryOf(table, next.updatedAt)),
    ConditionExpression: 'revision = :seen',
    ExpressionAttributeValues: { ':seen': seen.revision },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  })
  const changed = (item: Item | undefined, next: Submission) => {
    if (item === undefined) throw new Error(`submission ${next.requestId}/${next.submission} no longer exists`)
    return { kind: 'changed' as const, current: readItem(Submission, item) }
  }

  /**
   * Lists the submissions that contain any device of the range. Reads backwards from its last device and stops at its
   * first.
   */
  async function overlapping(
    request: RequestName,
    { from, count }: { from: number; count: number },
  ): Promise<Submission[]> {
    const found: Submission[] = []
    let startKey: Item | undefined
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':pk': requestPartition(request.requestId),
            ':first': submissionKey(request, 0).sk,
            ':last': submissionKey(request, from + count - 1).sk,
          },
          ScanIndexForward: false,
          Limit: count,
          ConsistentRead: true,
          ExclusiveStartKey: startKey,
        }),
      )
      for (const item of keptAmong(table, Items)) {
        const submission = readItem(Submission, item)
        if (submission.firstDevice + submission.deviceCount <= from) return found.toReversed()
        found.push(submission)
        if (submission.firstDevice <= from) return found.toReversed()
      }
      startKey = LastEvaluatedKey
    } while (startKey !== undefined)
    return found.toReversed()
  }

  return {
    async createSubmissions(submissions) {
      await inParallel(submissions, async (submission) => {
        await conditional(table, () =>
          client.send(
            new PutCommand({
              TableName: tableName,
              Item: submissionItem(submission, partExpiryOf(table, submission.createdAt)),
              ConditionExpression: 'attribute_not_exists(pk)',
            }),
          ),
        )
      })
    },

    async getSubmission(request, submission) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: submissionKey(request, submission), ConsistentRead: true }),
      )
      const [kept] = keptAmong(table, Item === undefined ? [] : [Item])
      return kept === undefined ? undefined : readItem(Submission, kept)
    },

    async listSubmissions(request, range) {
      if (range !== undefined) return overlapping(request, range)
      const items = await everyItemOf(table, requestPartition(request.requestId), { prefix: submissionPrefix(request) })
      return items.map((item) => readItem(Submission, item))
    },

    async saveSubmission(next, seen) {
      const outcome = await conditional(table, () => client.send(new PutCommand(fenced(next, seen))))
      return outcome.kind === 'written' ? { kind: 'saved' } : changed(outcome.item, next)
    },

    async saveSplit({ first, second }, seen) {
      const outcome = await transactional(table, (ClientRequestToken) =>
        client.send(
          new TransactWriteCommand({
            ClientRequestToken,
            TransactItems: [
              { Put: fenced(first, seen) },
              {
                Put: {
                  TableName: tableName,
                  Item: submissionItem(second, partExpiryOf(table, second.createdAt)),
                  ConditionExpression: 'attribute_not_exists(pk)',
                },
              },
            ],
          }),
        ),
      )
      if (outcome.kind === 'written') return { kind: 'saved' }
      const [current] = outcome.items
      if (current !== undefined) return changed(current, first)
      throw new Error(
        `submission ${second.requestId}/${second.submission} already exists, so it cannot be created by a split`,
      )
    },

    async saveAccepted(next, seen, upstream) {
      const link = { requestId: next.requestId, submission: next.submission }
      const outcome = await transactional(table, (ClientRequestToken) =>
        client.send(
          new TransactWriteCommand({
            ClientRequestToken,
            TransactItems: [
              { Put: fenced(next, seen) },
              {
                Put: {
                  TableName: tableName,
                  Item: {
                    ...upstreamLinkKey(upstream),
                    entity: entities.upstreamLink,
                    itemVersion,
                    ...link,
                    accountName: upstream.accountName,
                    upstreamRequestId: upstream.upstreamRequestId,
                    expiresAt: partExpiryOf(table, next.updatedAt),
                  },
                  // An upstream request id belongs to one submission for good. Writing the same link again is allowed.
                  ConditionExpression:
                    'attribute_not_exists(pk) OR expiresAt <= :now OR (requestId = :requestId AND submission = :submission)',
                  ExpressionAttributeValues: {
                    ':requestId': link.requestId,
                    ':submission': link.submission,
                    ':now': expiredBy(table),
                  },
                },
              },
            ],
          }),
        ),
      )
      if (outcome.kind === 'written') return { kind: 'saved' }
      const [current] = outcome.items
      if (current !== undefined) return changed(current, next)
      throw new Error(`upstream request ${upstream.upstreamRequestId} already belongs to another submission`)
    },

    async countDeadLetter(request, submission) {
      await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: submissionKey(request, submission),
            ...joinUpdate({ add: ['deadLetters :one'], condition: ['attribute_exists(pk)'], values: { ':one': 1 } }),
          }),
        ),
      )
    },
  }
}
