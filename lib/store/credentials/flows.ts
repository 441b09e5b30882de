import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { Flow, type FlowStore } from '../../profile/flow-control/flow.ts'
import { conditional } from '../table/conditions.ts'
import { entities, itemVersion, readItem } from '../table/items.ts'
import { flowKey } from '../table/keys.ts'
import type { Table } from '../table/table.ts'

/** The item of each credential set that says how many calls ThingSpace takes at once. It is small and has no end. */
export function flowStore(table: Table): FlowStore {
  const { client, tableName } = table
  return {
    // To a call a slightly old flow does no harm: the write that takes a slot is conditional.
    async readFlow(credentialSet, { isConsistent } = { isConsistent: false }) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: flowKey(credentialSet), ConsistentRead: isConsistent }),
      )
      return Item === undefined ? undefined : readItem(Flow, Item)
    },

    async saveFlow(credentialSet, next, seen) {
      const outcome = await conditional(table, () =>
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...flowKey(credentialSet), entity: entities.flow, itemVersion, ...next },
            ...(seen === undefined
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : { ConditionExpression: 'revision = :seen', ExpressionAttributeValues: { ':seen': seen } }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      )
      if (outcome.kind === 'written') return { kind: 'saved' }
      return { kind: 'changed', current: outcome.item === undefined ? undefined : readItem(Flow, outcome.item) }
    },
  }
}
