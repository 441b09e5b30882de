import { createHash } from 'node:crypto'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { QuarantineStore } from '../profile/ports.ts'
import { entities, itemVersion } from './items.ts'
import { quarantineKey } from './keys.ts'
import { expiryOf, type Table } from './table.ts'

/** Messages that are authentic but not understood, kept (without secrets) until code understands them. */
export function quarantineStore(table: Table): QuarantineStore {
  return {
    async quarantine({ accountName, receivedAt, reason, raw }) {
      const digest = createHash('sha256').update(raw).digest('base64url')
      await table.client.send(
        new PutCommand({
          TableName: table.tableName,
          Item: {
            ...quarantineKey(receivedAt, digest),
            entity: entities.quarantine,
            itemVersion,
            accountName,
            receivedAt,
            reason,
            raw,
            expiresAt: expiryOf(table, receivedAt),
          },
        }),
      )
    },
  }
}
