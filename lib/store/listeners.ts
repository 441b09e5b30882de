import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { ListenerStore } from '../profile/ports.ts'
import { entities, itemVersion } from './items.ts'
import { listenerKey } from './keys.ts'
import type { Table } from './table.ts'

/** What keep-listener found last, for each account and service; the stream makes an event of a change. */
export const listenerStore = ({ client, tableName }: Table): ListenerStore => ({
  async noteListener(record) {
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: { ...listenerKey(record.accountName, record.service), entity: entities.listener, itemVersion, ...record },
      }),
    )
  },
})
