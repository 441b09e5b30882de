import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { ListenerStore } from '../profile/listener/listener-store.ts'
import { entities, itemVersion } from './table/items.ts'
import { listenerKey } from './table/keys.ts'
import type { Table } from './table/table.ts'

/**
 * The last state that keep-listener found for each account and service. The stream publishes each change as an event.
 */
export const listenerStore = ({ client, tableName }: Table): ListenerStore => ({
  async saveListener(record) {
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: { ...listenerKey(record.accountName, record.service), entity: entities.listener, itemVersion, ...record },
      }),
    )
  },
})
