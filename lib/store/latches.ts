import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { conditional } from './table/conditions.ts'
import { readItem } from './table/items.ts'
import { credentialKey } from './table/keys.ts'
import type { Table } from './table/table.ts'

/** What may be known of a credential record by those who must not see its tokens. */
const LatchRecord = z.object({
  epoch: z.number(),
  failedLogins: z.number(),
  failedSecret: z.optional(z.string()),
  leaseUntil: z.optional(z.number()),
  accessTokenExpiresAt: z.optional(z.number()),
})

/** The login latch of each credential set, as an operator sees and opens it. */
export const latchStore = (table: Table) => ({
  async readLatch(credentialSet: string) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.tableName, Key: credentialKey(credentialSet), ConsistentRead: true }),
    )
    return Item === undefined ? undefined : readItem(LatchRecord, Item)
  },

  /** Forgets failed logins, if they are still those that were seen. The epoch stays: no token has changed. */
  async openLatch(credentialSet: string, seen: { epoch: number; failedLogins: number }): Promise<boolean> {
    const outcome = await conditional(table, () =>
      table.client.send(
        new UpdateCommand({
          TableName: table.tableName,
          Key: credentialKey(credentialSet),
          UpdateExpression: 'SET failedLogins = :none REMOVE failedSecret',
          ConditionExpression: 'failedLogins = :seen AND epoch = :epoch',
          ExpressionAttributeValues: { ':none': 0, ':seen': seen.failedLogins, ':epoch': seen.epoch },
        }),
      ),
    )
    return outcome.kind === 'written'
  },
})
