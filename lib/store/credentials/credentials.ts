import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { CredentialRecord, type CredentialStore, mostFailedLogins } from '../../thingspace/credentials/ports.ts'
import { conditional } from '../table/conditions.ts'
import { entities, itemVersion, readItem } from '../table/items.ts'
import { credentialKey, latchKey } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import { joinUpdate } from '../table/update-parts.ts'

/**
 * The shared token record of each credential set. Callers wrap it with `sealTokens`, so the table holds only encrypted
 * tokens.
 */
export function credentialStore(table: Table): CredentialStore {
  const { client, tableName } = table

  /** Writes an item without secrets. Its change in the stream becomes the event `account.locked`. */
  async function announceLatch(credentialSet: string, { epoch }: CredentialRecord): Promise<void> {
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: { ...latchKey(credentialSet), entity: entities.latch, itemVersion, credentialSet, epoch },
      }),
    )
  }

  return {
    async read(credentialSet) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: credentialKey(credentialSet), ConsistentRead: true }),
      )
      return Item === undefined ? undefined : readItem(CredentialRecord, Item)
    },

    async takeLease(credentialSet, { epoch, leaseUntil, now }) {
      const outcome = await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: credentialKey(credentialSet),
            ...joinUpdate({
              set: [
                'leaseUntil = :until',
                'epoch = :epoch',
                'entity = :entity',
                'failedLogins = if_not_exists(failedLogins, :none)',
              ],
              condition: [
                '(attribute_not_exists(pk) OR epoch = :epoch)',
                '(attribute_not_exists(leaseUntil) OR leaseUntil <= :now)',
              ],
              values: {
                ':until': leaseUntil,
                ':epoch': epoch,
                ':now': now,
                ':none': 0,
                ':entity': entities.credentials,
              },
            }),
          }),
        ),
      )
      return { taken: outcome.kind === 'written' }
    },

    async save(credentialSet, expectedEpoch, next) {
      const outcome = await conditional(table, () =>
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...credentialKey(credentialSet), entity: entities.credentials, itemVersion, ...next },
            ConditionExpression: 'attribute_not_exists(pk) OR epoch = :epoch',
            ExpressionAttributeValues: { ':epoch': expectedEpoch },
          }),
        ),
      )
      if (outcome.kind !== 'written') return { saved: false }
      if (next.failedLogins === mostFailedLogins) await announceLatch(credentialSet, next)
      return { saved: true }
    },
  }
}
