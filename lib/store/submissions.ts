import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { RequestName } from '../profile/request/request-store.ts'
import type { SubmissionStore } from '../profile/request/submission-store.ts'
import { Submission } from '../profile/request/submission.ts'
import { conditional } from './table/conditions.ts'
import { type Item, readItem, submissionItem } from './table/items.ts'
import { requestPartition, submissionKey, submissionPrefix } from './table/keys.ts'
import { inParallel } from '../parallel.ts'
import { keptAmong, partExpiryOf, type Table } from './table/table.ts'
import { everyItemOf } from './table/pages.ts'
import { joinUpdate } from './table/update-parts.ts'

type ReadingStore = Pick<SubmissionStore, 'createSubmissions' | 'getSubmission' | 'listSubmissions' | 'countDeadLetter'>

/** Submission items: creating and reading them. submission-transitions.ts changes their state. */
export function submissionStore(table: Table): ReadingStore {
  const { client, tableName } = table

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
