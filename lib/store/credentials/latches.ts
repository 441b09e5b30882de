import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { conditional } from '../table/conditions.ts'
import { readItem } from '../table/items.ts'
import { credentialKey } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import { joinUpdate } from '../table/update-parts.ts'

/** A credential record without its tokens, which operators must not see. */
const LatchRecord = z.object({
  epoch: z.number(),
  failedLogins: z.number(),
  failedSecret: z.optional(z.string()),
  leaseUntil: z.optional(z.number()),
  accessTokenExpiresAt: z.optional(z.number()),
})

/** The login latch of each credential set. Only operator commands read and open it. */
export const latchStore = (table: Table) => ({
  async readLatch(credentialSet: string) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.tableName, Key: credentialKey(credentialSet), ConsistentRead: true }),
    )
    return Item === undefined ? undefined : readItem(LatchRecord, Item)
  },

  /**
   * Resets the failed logins to zero. Returns false if the record has changed since it was read. The epoch stays the
   * same, because no token has changed.
   */
  async openLatch(credentialSet: string, seen: { epoch: number; failedLogins: number }): Promise<boolean> {
    const outcome = await conditional(table, () =>
      table.client.send(
        new UpdateCommand({
          TableName: table.tableName,
          Key: credentialKey(credentialSet),
          ...joinUpdate({
            set: ['failedLogins = :none'],
            remove: ['failedSecret'],
            condition: ['failedLogins = :seen', 'epoch = :epoch'],
            values: { ':none': 0, ':seen': seen.failedLogins, ':epoch': seen.epoch },
          }),
        }),
      ),
    )
    return outcome.kind === 'written'
  },
})
