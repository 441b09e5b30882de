import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { type BatchGetRequest, type BatchWriteRequest, batchGet, batchWrite } from './batch.ts'
import { Bill, type KeyedCharge, type Meter, newMeter } from './capacity.ts'
import { type Marshalling, handOut } from './copy.ts'
import type { Database } from './database.ts'
import { type CommandName, requireKnownParameters } from './parameters.ts'
import { type PageRequest, query, scan } from './query.ts'
import { type GetRequest, getOne } from './read.ts'
import { Holds } from './holds.ts'
import { restock } from './refill.ts'
import { ChangeStream } from './stream.ts'
import { Table } from './table.ts'
import { type TableDefinition, readDefinition } from './table-definition.ts'
import { expire } from './time-to-live.ts'
import { type TransactGetRequest, type TransactWriteRequest, transactGet, transactWrite } from './transaction.ts'
import { type Item, compareStrings } from './values.ts'
import { type WriteRequest, writeOne } from './write.ts'

/** One command in the fake. Numbers start at 1. */
export type Operation = { number: number; command: CommandName; input: object }
/** What one operation took from which key. */
export type Charged = { charges: readonly KeyedCharge[] }

export type FakeDynamoDbOptions = {
  /** As in CreateTable and CloudFormation. */
  tables: TableDefinition[]
  now?: () => number
  /** The delay of global indexes behind their table. */
  indexLagMs?: number
  /** How long `GetItem` without `ConsistentRead` returns an item as it was before its latest write. */
  readLagMs?: number
  /** As in the document client's `marshallOptions`. */
  removeUndefinedValues?: boolean
  /** Requests of a batch that stay unprocessed, so that the caller must send them again. */
  unprocessed?: (request: { tableName: string; key: Item }) => boolean
  /** How long a transaction holds its items. Other writes to them are refused meanwhile, as in DynamoDB. */
  overlaps?: () => Promise<void>
  /** Runs before an operation. If it throws, the operation has no effect, and the caller receives the error. */
  before?: (operation: Operation) => void | Promise<void>
  /** Runs after an operation, even a failed one. If it throws, the effect stays, and the caller receives the error. */
  after?: (operation: Operation & Charged & { output?: object; error?: unknown }) => void | Promise<void>
}

export type FakeDynamoDb = Pick<DynamoDBDocumentClient, 'send'> & {
  /** Like `send`, but synchronous and without the hooks. Throws instead of rejecting. */
  sendNow(command: { constructor: unknown; input: object }): object
  readonly stream: ChangeStream
  readonly meter: Meter
  resetMeter(): void
  /** All items of a table (by default the first), sorted by key. */
  snapshot(tableName?: string): Item[]
  /** Updates lagging indexes. */
  settleIndexes(): void
  /** Deletes expired items, all or the chosen ones. Returns their number. */
  expireItems(isChosen?: (item: Item) => boolean): number
  /** Saves tables, indexes and stream. The returned function restores them, as often as it is called. */
  mark(): () => void
}

type Run = (database: Database, input: object, bill: Bill) => object

const commands = new Map<unknown, { name: CommandName; run: Run; isTransaction?: true; isBatch?: true }>([
  [GetCommand, { name: 'GetCommand', run: (db, input: GetRequest, bill) => getOne(db, input, bill) }],
  [PutCommand, { name: 'PutCommand', run: (db, input: WriteRequest, bill) => writeOne(db, 'Put', input, bill) }],
  [
    UpdateCommand,
    { name: 'UpdateCommand', run: (db, input: WriteRequest, bill) => writeOne(db, 'Update', input, bill) },
  ],
  [
    DeleteCommand,
    { name: 'DeleteCommand', run: (db, input: WriteRequest, bill) => writeOne(db, 'Delete', input, bill) },
  ],
  [QueryCommand, { name: 'QueryCommand', run: (db, input: PageRequest, bill) => query(db, input, bill) }],
  [ScanCommand, { name: 'ScanCommand', run: (db, input: PageRequest, bill) => scan(db, input, bill) }],
  [
    BatchGetCommand,
    { name: 'BatchGetCommand', isBatch: true, run: (db, input: BatchGetRequest, bill) => batchGet(db, input, bill) },
  ],
  [
    BatchWriteCommand,
    {
      name: 'BatchWriteCommand',
      isBatch: true,
      run: (db, input: BatchWriteRequest, bill) => batchWrite(db, input, bill),
    },
  ],
  [
    TransactWriteCommand,
    {
      name: 'TransactWriteCommand',
      isTransaction: true,
      isBatch: true,
      run: (db, input: TransactWriteRequest, bill) => transactWrite(db, input, bill),
    },
  ],
  [
    TransactGetCommand,
    {
      name: 'TransactGetCommand',
      isTransaction: true,
      isBatch: true,
      run: (db, input: TransactGetRequest, bill) => transactGet(db, input, bill),
    },
  ],
])

/**
 * A DynamoDB in memory for commands of the document client.
 *
 * It evaluates the real expressions of the code, so a test that passes has executed them. Each operation is one step:
 * nothing else can happen between `before` and `after`.
 */
export function createFakeDynamoDb(options: FakeDynamoDbOptions): FakeDynamoDb {
  const tables = new Map(
    options.tables.map(readDefinition).map((definition) => [definition.name, new Table(definition)]),
  )
  const marshalling: Marshalling = { removeUndefinedValues: options.removeUndefinedValues ?? false }
  const database: Database = {
    tables,
    stream: new ChangeStream(),
    meter: newMeter(),
    marshalling,
    now: options.now ?? (() => 0),
    indexLagMs: options.indexLagMs ?? 0,
    readLagMs: options.readLagMs ?? 0,
    tokens: new Map(),
    unprocessed: options.unprocessed ?? (() => false),
  }
  const holds = new Holds(database)
  let operations = 0

  const knownCommand = ({ constructor }: { constructor: unknown }) => {
    const known = commands.get(constructor)
    if (known === undefined) throw new Error('The DynamoDB fake does not know this command.')
    return known
  }

  const sendNow = (command: { constructor: unknown; input: object }, keep?: (bill: Bill) => void): object => {
    const { name, run, isTransaction = false, isBatch } = knownCommand(command)
    const { input } = command
    requireKnownParameters(name, input)
    const bill = new Bill(isTransaction)
    keep?.(bill)
    try {
      const output = run(database, input, bill)
      const consumed = bill.consumed((input as { ReturnConsumedCapacity?: string }).ReturnConsumedCapacity)
      return {
        $metadata: { httpStatusCode: 200, attempts: 1, totalRetryDelay: 0 },
        ...output,
        ...(consumed && { ConsumedCapacity: isBatch ? consumed : consumed[0] }),
      }
    } finally {
      bill.chargeTo(database.meter)
    }
  }

  const send = async (command: { constructor: unknown; input: object }): Promise<object> => {
    const { name } = knownCommand(command)
    const operation: Operation = { number: ++operations, command: name, input: command.input }
    const waitBefore = options.before?.(operation)
    if (waitBefore) await waitBefore
    let output: object
    let bill: Bill | undefined
    const run = () => sendNow(command, (own) => void (bill = own))
    const charged = () => ({ charges: bill?.keyed() ?? [] })
    try {
      const { overlaps } = options
      output = overlaps === undefined ? run() : await holds.during(operation, overlaps, run)
    } catch (error) {
      const waitAfter = options.after?.({ ...operation, ...charged(), error })
      if (waitAfter) await waitAfter
      throw error
    }
    const waitAfter = options.after?.({ ...operation, ...charged(), output })
    if (waitAfter) await waitAfter
    return output
  }

  return {
    send,
    sendNow: (command) => sendNow(command),
    stream: database.stream,
    get meter() {
      return database.meter
    },
    resetMeter() {
      database.meter = newMeter()
    },
    snapshot(tableName) {
      const table = tableName === undefined ? [...tables.values()][0] : tables.get(tableName)
      if (table === undefined) throw new Error(`The fake has no table ${tableName ?? 'at all'}.`)
      return [...table.all()]
        .map((item) => ({ key: sortableKey(table, item), item }))
        .toSorted((a, b) => compareStrings(a.key, b.key))
        .map(({ item }) => handOut(item))
    },
    settleIndexes() {
      for (const table of tables.values()) for (const index of table.indexes) index.settle(Number.POSITIVE_INFINITY)
    },
    expireItems: (isChosen) => expire(database, isChosen),
    mark() {
      const parts = [...tables.values()].map((table) => table.mark())
      const changes = [...database.stream.changes]
      const used = [...database.tokens]
      return () => {
        for (const back of parts) back()
        restock(database.stream.changes, changes)
        database.tokens = new Map(used)
      }
    },
  }
}

const sortableKey = (table: Table, item: Item) => Object.values(table.keyOf(item)).map(String).join('\u0000')
