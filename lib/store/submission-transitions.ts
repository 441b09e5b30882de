import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { SubmissionStore } from '../profile/request/submission-store.ts'
import { Submission } from '../profile/request/submission.ts'
import { conditional, transactional } from './table/conditions.ts'
import { entities, type Item, itemVersion, readItem, submissionItem } from './table/items.ts'
import { upstreamLinkKey } from './table/keys.ts'
import { expiredBy, partExpiryOf, type Table } from './table/table.ts'

type TransitionStore = Pick<SubmissionStore, 'saveSubmission' | 'saveSplit' | 'saveAccepted'>

/** Saves transitions of submissions. Each write fails if the submission has changed since the caller read it. */
export function transitionStore(table: Table): TransitionStore {
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

  return {
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
  }
}
