import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import type { ProfileRequest } from '../profile/request/request.ts'
import type { RequestStore } from '../profile/request/request-store.ts'
import { isFinalRequest } from '../profile/request/states.ts'
import { conditional } from './table/conditions.ts'
import { readItem } from './table/items.ts'
import { dueBucketOf, requestKey } from './table/keys.ts'
import type { Table } from './table/table.ts'
import { joinUpdate, type UpdatePart } from './table/update-parts.ts'

const Versioned = z.object({ version: z.number() })

type SummaryStore = Pick<RequestStore, 'askForSummary' | 'beginSummary' | 'saveSummary'>

/**
 * The summary inside a request item: asking for a new one, beginning it and saving it. Each write is conditional on the
 * version that the caller has read, so a summary of older data never replaces one of newer data.
 */
export function summaryStore(table: Table): SummaryStore {
  const update = (request: ProfileRequest, parts: readonly UpdatePart[], returned?: 'ALL_OLD') =>
    conditional(table, () =>
      table.client.send(
        new UpdateCommand({
          TableName: table.tableName,
          Key: requestKey(request.requestId),
          ...joinUpdate(...parts),
          ReturnValuesOnConditionCheckFailure: returned,
        }),
      ),
    )

  return {
    async askForSummary(request, { dueAt, reopened }) {
      const outcome = await update(request, [
        unchanged(request),
        { set: ['askedAt = :version'] },
        dueOn(request, dueAt),
        reopened.size === 0 ? {} : { add: ['reopened :reopened'], values: { ':reopened': reopened } },
      ])
      return outcome.kind === 'written'
    },

    async beginSummary(request) {
      const outcome = await update(request, [unchanged(request), nextVersion(request)])
      return outcome.kind === 'written'
    },

    async saveSummary(request, summary, { now, dueAt }) {
      const isFinal = isFinalRequest(summary.status)
      const save = (date: UpdatePart) =>
        update(
          request,
          [
            unchanged(request),
            nextVersion(request),
            { set: ['summary = :summary', 'updatedAt = :now'], values: { ':summary': summary, ':now': now } },
            isFinal ? { set: ['finalAt = if_not_exists(finalAt, :now)'] } : { remove: ['finalAt'] },
            date,
          ],
          'ALL_OLD',
        )
      const date = dueAt === undefined ? { remove: ['dueAt', 'dueBucket'] } : dueOn(request, dueAt)
      const outcome = await save({
        ...date,
        remove: [...(date.remove ?? []), 'reopened'],
        condition: ['(attribute_not_exists(askedAt) OR askedAt < :version)'],
      })
      if (outcome.kind === 'written') return true
      if (outcome.item === undefined || readItem(Versioned, outcome.item).version !== request.version) return false
      // Another caller asked for a summary while this one was computed. Its due date and reopened submissions stay.
      return (await save({})).kind === 'written'
    },
  }
}

/** The stored request is still the one that the caller has read. */
const unchanged = ({ version, generation }: ProfileRequest): UpdatePart => ({
  condition: ['version = :version', 'generation = :generation'],
  values: { ':version': version, ':generation': generation },
})

const nextVersion = ({ version }: ProfileRequest): UpdatePart => ({
  set: ['version = :next'],
  values: { ':next': version + 1 },
})

/** Puts the request into the index of due items. `dueAt` is in epoch milliseconds. */
const dueOn = ({ requestId }: ProfileRequest, dueAt: number): UpdatePart => ({
  set: ['dueAt = :dueAt', 'dueBucket = :bucket'],
  values: { ':dueAt': dueAt, ':bucket': dueBucketOf(requestId) },
})
