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

/** Submissions and their conditional transitions. */
export function submissionStore(table: Table): SubmissionStore {
  const { client, tableName } = table

  /** The fence: a message, a sweep, an adoption or a worker that has seen another revision may not write. */
  const fenced = (next: Submission, seen: Pick<Submission, 'revision'>) => ({
    TableName: tableName,
    // From its last transition on, so that none takes back what `keepLonger` has given.
    Item: submissionItem(next, partExpiryOf(table, next.updatedAt)),
    ConditionExpression: 'revision = :seen',
    ExpressionAttributeValues: { ':seen': seen.revision },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  })
  const changed = (item: Item | undefined, next: Submission) => {
    if (item === undefined) throw new Error(`submission ${next.requestId}/${next.submission} is gone`)
    return { kind: 'changed' as const, current: readItem(Submission, item) }
  }

  /** Backwards from the last device of the range until one begins at or before its first. */
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
      throw new Error(`submission ${second.requestId}/${second.submission} exists before its split`)
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
                  // An upstream request id has one link for ever; the same link may say so again.
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
      throw new Error(`upstream request ${upstream.upstreamRequestId} belongs to another submission already`)
    },

    async countDeadLetter(request, submission) {
      await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: submissionKey(request, submission),
            UpdateExpression: 'ADD deadLetters :one',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':one': 1 },
          }),
        ),
      )
    },
  }
}
