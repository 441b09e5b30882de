import type { Bill } from './capacity.ts'
import { parseCondition } from './condition-grammar.ts'
import { handOut, takeIn } from './copy.ts'
import { type Database, tableOf } from './database.ts'
import { conditionFailed, validation } from './errors.ts'
import { holds } from './evaluate.ts'
import type { Condition, Parsed } from './expression.ts'
import { requireIndexKeyAttributes, requireKey, requireKeyAttributes } from './key.ts'
import { type PathTree, pick } from './path-tree.ts'
import { type Scope, bind } from './scope.ts'
import { maximumItemSize, sizeOfItem } from './size.ts'
import type { Stored, Table } from './table.ts'
import { applyUpdate, pathsTouched } from './update.ts'
import { parseUpdate } from './update-grammar.ts'
import { type Item, equals } from './values.ts'

export type WriteKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck'

export type WriteRequest = {
  TableName?: string | undefined
  Item?: object | undefined
  Key?: object | undefined
  ConditionExpression?: string | undefined
  UpdateExpression?: string | undefined
  ExpressionAttributeNames?: Record<string, string> | undefined
  ExpressionAttributeValues?: object | undefined
  ReturnValues?: string | undefined
  ReturnValuesOnConditionCheckFailure?: string | undefined
}

/** A write that has passed every check that needs no stored item. */
export type Prepared = {
  table: Table
  key: Item
  tie: string
  condition: Parsed<Condition> | undefined
  scope: Scope
  returnsItemOnFailure: boolean
  changes: boolean
  touched: PathTree | undefined
  change(before: Item | undefined): Item | undefined
}

/** A prepared write that the stored item allows. */
export type Decided = { before: Stored | undefined; after: Stored | undefined }

/** Checks a request alone. A failure here is a ValidationException, even in a transaction. */
export function prepare(database: Database, kind: WriteKind, request: WriteRequest): Prepared {
  const table = tableOf(database, request.TableName)
  const given = takeIn((kind === 'Put' ? request.Item : request.Key) ?? {}, database.marshalling)
  const condition =
    request.ConditionExpression === undefined
      ? undefined
      : parseCondition('ConditionExpression', request.ConditionExpression)
  const update =
    request.UpdateExpression === undefined ? undefined : parseUpdate('UpdateExpression', request.UpdateExpression)
  const expressions = update ? (condition ? [update, condition] : [update]) : condition ? [condition] : []
  const scope = bind(request, expressions, database.marshalling)

  if (kind === 'Put') {
    requireKeyAttributes(table.definition.key, given)
    requireIndexKeys(table, given)
  } else requireKey(table.definition.key, given)

  const key = kind === 'Put' ? table.keyOf(given) : given
  return {
    table,
    key,
    tie: table.keyString(key),
    condition,
    scope,
    returnsItemOnFailure: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    changes: kind !== 'ConditionCheck',
    touched: update && pathsTouched(update.root, scope, table.isKey),
    change(before) {
      if (kind === 'Put') return given
      if (kind === 'Delete') return undefined
      if (kind === 'ConditionCheck') return before
      return update === undefined ? (before ?? key) : applyUpdate(update.root, before ?? key, scope)
    },
  }
}

/** Evaluates the condition and computes the new item without changing anything. */
export function decide(prepared: Prepared): Decided {
  const { table, tie, condition, scope, touched } = prepared
  const before = table.get(tie)
  if (condition !== undefined && !holds(condition.root, before?.item, scope)) {
    throw conditionFailed(prepared.returnsItemOnFailure ? before?.item : undefined)
  }
  const item = prepared.change(before?.item)
  if (item === undefined || item === before?.item) return { before, after: item && before }
  if (touched !== undefined) requireIndexKeys(table, item)
  const size = sizeOfItem(item)
  if (size > maximumItemSize) {
    throw validation(`Item size ${touched ? 'to update ' : ''}has exceeded the maximum allowed size`)
  }
  return { before, after: table.prepare(item, size) }
}

/** Applies a decided write. One that changes nothing costs the same and does not appear in the stream. */
export function commit(database: Database, prepared: Prepared, decided: Decided, bill: Bill, expired = false): void {
  const { table, key, tie } = prepared
  const { before, after } = decided
  bill.write(table, key, before, after)
  if (!prepared.changes) return
  if (before === after || (before !== undefined && after !== undefined && equals(before.item, after.item))) return
  bill.indexWrites(table, before, after)
  const at = database.now()
  if (database.readLagMs > 0) table.showUntil(tie, before, at + database.readLagMs)
  table.replace(tie, before, after, database.indexLagMs > 0 ? at + database.indexLagMs : undefined)
  const { name: tableName } = table.definition
  database.stream.append({ tableName, keys: key, oldImage: before?.item, newImage: after?.item, at, expired })
}

/** A single write: condition, change and answer. */
export function writeOne(
  database: Database,
  kind: WriteKind,
  request: WriteRequest,
  bill: Bill,
): { Attributes?: Item } {
  requireReturnValues(kind, request.ReturnValues)
  const prepared = prepare(database, kind, request)
  let decided: Decided
  try {
    decided = decide(prepared)
  } catch (error) {
    bill.write(prepared.table, prepared.key, prepared.table.get(prepared.tie), undefined)
    throw error
  }
  commit(database, prepared, decided, bill)
  const attributes = returned(request.ReturnValues, prepared, decided)
  return attributes === undefined ? {} : { Attributes: handOut(attributes) }
}

function returned(
  returnValues: string | undefined,
  { touched }: Prepared,
  { before, after }: Decided,
): Item | undefined {
  switch (returnValues) {
    case 'ALL_OLD':
      return before?.item
    case 'ALL_NEW':
      return after?.item
    case 'UPDATED_OLD':
      return before && touched && pick(touched, before.item)
    case 'UPDATED_NEW':
      return after && touched && pick(touched, after.item)
    default:
      return undefined
  }
}

function requireReturnValues(kind: WriteKind, returnValues: string | undefined): void {
  if (kind === 'Update' || returnValues === undefined || returnValues === 'NONE' || returnValues === 'ALL_OLD') return
  throw validation('ReturnValues can only be ALL_OLD or NONE')
}

function requireIndexKeys(table: Table, item: Item): void {
  for (const { definition } of table.indexes) requireIndexKeyAttributes(definition.name, definition.key, item)
}
