import { type Bill, chargedKey, readUnits } from './capacity.ts'
import { handOut, takeIn } from './copy.ts'
import { type Database, tableOf } from './database.ts'
import { requireKey } from './key.ts'
import { pathTree, pick } from './path-tree.ts'
import { bind, resolve } from './scope.ts'
import { parseProjection } from './update-grammar.ts'
import type { Item } from './values.ts'

export type GetRequest = {
  TableName?: string | undefined
  Key?: object | undefined
  ProjectionExpression?: string | undefined
  ExpressionAttributeNames?: Record<string, string> | undefined
  ConsistentRead?: boolean | undefined
}

/** GetItem, alone or in a transaction or a batch. */
export function getOne(database: Database, request: GetRequest, bill: Bill, within?: 'transaction'): { Item?: Item } {
  const table = tableOf(database, request.TableName)
  const key = takeIn(request.Key ?? {}, database.marshalling)
  requireKey(table.definition.key, key)
  const project = projection(database, request)
  const name = table.keyString(key)
  const consistent = within === 'transaction' || request.ConsistentRead === true
  const stored = consistent ? table.get(name) : table.getEventually(name, database.now())
  bill.read(table, readUnits(stored?.size ?? 0, consistent) * (within === 'transaction' ? 2 : 1), {
    key: chargedKey(table.definition.key, key),
  })
  return stored === undefined ? {} : { Item: handOut(project(stored.item)) }
}

/** The part of an item that a ProjectionExpression selects. */
function projection(database: Database, request: GetRequest): (item: Item) => Item {
  const text = request.ProjectionExpression
  const parsed = text === undefined ? undefined : parseProjection('ProjectionExpression', text)
  const scope = bind(request, parsed ? [parsed] : [], database.marshalling)
  if (parsed === undefined) return (item) => item
  const tree = pathTree(
    'ProjectionExpression',
    parsed.root.map((path) => resolve(path, scope)),
  )
  return (item) => pick(tree, item) ?? {}
}
