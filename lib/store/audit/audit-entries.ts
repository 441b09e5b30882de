import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { AuditIntent, AuditOutcome, type AuditEntry } from '../../profile/audit/audit-entry.ts'
import type { AuditStore } from '../../profile/audit/audit-store.ts'
import { conditional } from '../table/conditions.ts'
import { entities, type Item, itemVersion, readItem } from '../table/items.ts'
import { auditKey, auditOutcomeKey, auditPartition, type Key } from '../table/keys.ts'
import { keptAmong, type Table } from '../table/table.ts'

/**
 * The audit: a partition per day (UTC), an item per intent, and an item beside it for its outcome. Items are only
 * added: the roles of the functions allow no other write to these partitions. `retainSeconds` is the audit's own
 * retention.
 */
export function auditStore(table: Table, { retainSeconds }: { retainSeconds: number }): AuditStore {
  const { client, tableName } = table

  // The key is unique, so an existing item is a write of ours whose answer was lost.
  const append = async (key: Key, at: number, item: Item) => {
    await conditional(table, () =>
      client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...key, itemVersion, ...item, expiresAt: Math.floor(at / 1000) + retainSeconds },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    )
  }

  return {
    appendAudit: (intent) => append(auditKey(intent), intent.at, { entity: entities.audit, ...intent }),

    appendOutcome: (intent, outcome) =>
      append(auditOutcomeKey(intent), intent.at, { entity: entities.auditOutcome, ...outcome }),

    async listAuditDay({ day, before, limit }) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
          ExpressionAttributeValues: {
            ':pk': auditPartition(day),
            ...(before === undefined ? {} : { ':before': before }),
          },
          ScanIndexForward: false,
          ConsistentRead: true,
          // An entry is an intent and its outcome, which sorts directly behind it.
          Limit: 2 * limit,
        }),
      )
      return { entries: joined(keptAmong(table, Items)), more: LastEvaluatedKey !== undefined }
    },
  }
}

/**
 * Joins intents with their outcomes. An outcome at the end, whose intent is on the next page, is left out: that page
 * starts before the last whole entry, so it reads both.
 */
function joined(items: readonly Item[]): AuditEntry[] {
  const outcomes = new Map<string, AuditOutcome>()
  const entries: AuditEntry[] = []
  for (const item of items) {
    if (item['entity'] === entities.auditOutcome) {
      outcomes.set(String(item['sk']), readItem(AuditOutcome, item))
      continue
    }
    const intent = readItem(AuditIntent, item)
    const outcome = outcomes.get(auditOutcomeKey(intent).sk)
    entries.push(outcome === undefined ? intent : { ...intent, outcome })
  }
  return entries
}
