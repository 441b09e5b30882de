import { type Bill, readUnits } from './capacity.ts'
import { parseCondition } from './condition-grammar.ts'
import { handOut, takeIn } from './copy.ts'
import { type Database, tableOf } from './database.ts'
import { validation } from './errors.ts'
import { holds } from './evaluate.ts'
import type { Condition, Parsed, Path } from './expression.ts'
import { type KeyRange, keyRange } from './key-condition.ts'
import { type KeySchema, attributesOf, keyOf } from './key.ts'
import type { Partitions } from './partitions.ts'
import { pathTree, pick } from './path-tree.ts'
import { type Scope, bind, resolve } from './scope.ts'
import type { IndexDefinition } from './table-definition.ts'
import type { Position, Row } from './sorted-rows.ts'
import type { Table } from './table.ts'
import { parseProjection } from './update-grammar.ts'
import { type Item, type Value, equals, typeOf } from './values.ts'

export type PageRequest = {
  TableName?: string | undefined
  IndexName?: string | undefined
  KeyConditionExpression?: string | undefined
  FilterExpression?: string | undefined
  ProjectionExpression?: string | undefined
  ExpressionAttributeNames?: Record<string, string> | undefined
  ExpressionAttributeValues?: object | undefined
  ConsistentRead?: boolean | undefined
  Limit?: number | undefined
  ExclusiveStartKey?: object | undefined
  ScanIndexForward?: boolean | undefined
  Select?: string | undefined
  Segment?: number | undefined
  TotalSegments?: number | undefined
}

type Source = { table: Table; index: IndexDefinition | undefined; key: KeySchema; partitions: Partitions }
type Page = { Items?: Item[]; Count: number; ScannedCount: number; LastEvaluatedKey?: Item }

const maximumPageBytes = 1024 * 1024

/** Query: rows of one partition, in order. */
export function query(database: Database, request: PageRequest, bill: Bill): Page {
  const source = sourceOf(database, request)
  if (request.KeyConditionExpression === undefined) {
    throw validation('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.')
  }
  const keyCondition = parseCondition('KeyConditionExpression', request.KeyConditionExpression)
  const shape = shapeOf(database, source, request, [keyCondition])
  for (const path of shape.filter?.paths ?? []) {
    const name = String(resolve(path, shape.scope)[0])
    if (attributesOf(source.key).some((attribute) => attribute.name === name)) {
      throw validation(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`)
    }
  }
  const range = keyRange(keyCondition, source.key, shape.scope)
  const start = startOf(database, source, request)
  if (start !== undefined) requireWithin(range, source.key, start.key)
  return page(rowsInRange(source, range, request.ScanIndexForward !== false, start?.position), source, request, shape, {
    bill,
    hashValue: range.hashValue,
  })
}

/** Scan: all rows, in no guaranteed order. */
export function scan(database: Database, request: PageRequest, bill: Bill): Page {
  const source = sourceOf(database, request)
  const shape = shapeOf(database, source, request, [])
  const start = startOf(database, source, request)
  const { Segment: index, TotalSegments: total } = request
  const segment = index === undefined || total === undefined ? undefined : { index, total }
  const from = start && { hashValue: start.key[source.key.hash.name]!, position: start.position }
  return page(source.partitions.scan(segment, from), source, request, shape, { bill })
}

function sourceOf(database: Database, request: PageRequest): Source {
  const table = tableOf(database, request.TableName)
  if (request.Limit !== undefined && request.Limit < 1) throw validation('Limit must be greater than or equal to 1')
  if (request.IndexName === undefined) {
    return { table, index: undefined, key: table.definition.key, partitions: table.partitions }
  }
  const index = table.indexes.find(({ definition }) => definition.name === request.IndexName)
  if (index === undefined) throw validation(`The table does not have the specified index: ${request.IndexName}`)
  const { definition } = index
  if (definition.isGlobal && request.ConsistentRead === true) {
    throw validation('Consistent reads are not supported on global secondary indexes')
  }
  return { table, index: definition, key: definition.key, partitions: index.rows(database.now()) }
}

type Shape = { scope: Scope; filter: Parsed<Condition> | undefined; project: (item: Item) => Item }

function shapeOf(database: Database, source: Source, request: PageRequest, others: Parsed<unknown>[]): Shape {
  const { FilterExpression, ProjectionExpression } = request
  const filter = FilterExpression === undefined ? undefined : parseCondition('FilterExpression', FilterExpression)
  const projection =
    ProjectionExpression === undefined ? undefined : parseProjection('ProjectionExpression', ProjectionExpression)
  const scope = bind(
    request,
    [...others, ...(filter ? [filter] : []), ...(projection ? [projection] : [])],
    database.marshalling,
  )
  requireProjected(source, filter?.paths ?? [], scope)
  requireProjected(source, projection?.root ?? [], scope)
  if (projection === undefined) return { scope, filter, project: (item) => item }
  const tree = pathTree(
    'ProjectionExpression',
    projection.root.map((path) => resolve(path, scope)),
  )
  return { scope, filter, project: (item) => pick(tree, item) ?? {} }
}

function requireProjected({ index }: Source, paths: readonly Path[], scope: Scope): void {
  if (index?.attributes === undefined) return
  for (const path of paths) {
    const name = String(resolve(path, scope)[0])
    if (!index.attributes.has(name)) {
      throw validation(
        `One or more parameter values were invalid: Global secondary index ${index.name} does not project [${name}]`,
      )
    }
  }
}

function startOf(
  database: Database,
  source: Source,
  request: PageRequest,
): { key: Item; position: Position } | undefined {
  if (request.ExclusiveStartKey === undefined) return undefined
  const key = takeIn(request.ExclusiveStartKey, database.marshalling)
  const attributes = startAttributes(source)
  const fits = [...attributes].every(([name, type]) => key[name] !== undefined && typeOf(key[name]) === type)
  if (!fits || Object.keys(key).length !== attributes.size) throw validation('The provided starting key is invalid')
  const { range } = source.key
  return { key, position: { sort: range && key[range.name]!, tie: source.table.keyString(key) } }
}

const startAttributes = ({ key, table }: Source) =>
  new Map([...attributesOf(key), ...attributesOf(table.definition.key)].map(({ name, type }) => [name, type]))

function requireWithin(range: KeyRange, schema: KeySchema, start: Item): void {
  const sort = schema.range && start[schema.range.name]!
  const outside = sort !== undefined && (range.isBefore(sort) || range.isAfter(sort))
  if (outside || !equals(start[schema.hash.name]!, range.hashValue)) {
    throw validation('The provided starting key is outside query boundaries based on provided conditions')
  }
}

function* rowsInRange(source: Source, range: KeyRange, forward: boolean, start: Position | undefined): Generator<Row> {
  const partition = source.partitions.get(range.hashValue)
  if (partition === undefined) return
  const { rows } = partition
  const hasSort = source.key.range !== undefined
  let low = hasSort ? partition.search(({ sort }) => range.isBefore(sort!)) : 0
  let high = hasSort ? partition.search(({ sort }) => !range.isAfter(sort!)) : rows.length
  if (start && forward) low = Math.max(low, partition.firstAfter(start))
  if (start && !forward) high = Math.min(high, partition.firstAtOrAfter(start))
  if (forward) for (let at = low; at < high; at++) yield rows[at]!
  else for (let at = high - 1; at >= low; at--) yield rows[at]!
}

/**
 * Limit and the megabyte count the rows that are read, before the filter. A page may therefore be empty and not the
 * last.
 */
function page(
  rows: Iterable<Row>,
  source: Source,
  request: PageRequest,
  { filter, scope, project }: Shape,
  { bill, hashValue }: { bill: Bill; hashValue?: Value },
): Page {
  const items: Item[] = []
  const countOnly = request.Select === 'COUNT'
  let count = 0
  let scanned = 0
  let bytes = 0
  let last: Item | undefined
  for (const row of rows) {
    scanned++
    bytes += row.size
    if (filter === undefined || holds(filter.root, row.item, scope)) {
      count++
      if (!countOnly) items.push(handOut(project(row.item)))
    }
    if (scanned === request.Limit || bytes > maximumPageBytes) {
      last = { ...keyOf(source.key, row.item), ...source.table.keyOf(row.item) }
      break
    }
  }
  const { table, index } = source
  if (index?.isGlobal === true) bill.read(table, 0)
  bill.read(table, readUnits(bytes, request.ConsistentRead === true), {
    index: index?.name,
    ...(hashValue !== undefined && { key: { hash: hashValue } }),
  })
  return {
    ...(!countOnly && { Items: items }),
    Count: count,
    ScannedCount: scanned,
    ...(last && { LastEvaluatedKey: handOut(last) }),
  }
}
