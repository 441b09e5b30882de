import { type CancellationReason, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { type Bill, readUnits } from './capacity.ts'
import { takeIn } from './copy.ts'
import { type Database, tableOf } from './database.ts'
import { tokenReused, transactionCanceled, validation } from './errors.ts'
import { type GetRequest, getOne } from './read.ts'
import { type Decided, type Prepared, type WriteKind, type WriteRequest, commit, decide, prepare } from './write.ts'
import { type Item, equals } from './values.ts'

export type TransactWriteRequest = {
  TransactItems?: { [Kind in WriteKind]?: WriteRequest | undefined }[] | undefined
  ClientRequestToken?: string | undefined
}
export type TransactGetRequest = { TransactItems?: { Get?: GetRequest | undefined }[] | undefined }

const kinds: readonly WriteKind[] = ['Put', 'Update', 'Delete', 'ConditionCheck']
const maximumActions = 100
const maximumBytes = 4 * 1024 * 1024
const tokenLifeMs = 10 * 60 * 1000

/** TransactWriteItems: every action or none. */
export function transactWrite(database: Database, request: TransactWriteRequest, bill: Bill): object {
  const actions = request.TransactItems ?? []
  requireActions(actions.length)
  const token = request.ClientRequestToken
  const taken = token === undefined ? {} : takeIn({ actions }, { removeUndefinedValues: true })
  if (token !== undefined && isReplay(database, token, taken, bill)) return {}

  const prepared = actions.map((action) => {
    const given = kinds.filter((kind) => action[kind] !== undefined)
    if (given.length !== 1) throw validation('TransactItems can only contain one of Check, Put, Update or Delete')
    return prepare(database, given[0]!, action[given[0]!]!)
  })
  requireDistinct(prepared)

  const decided = decideAll(prepared, bill)
  const size = decided.reduce((total, { after }) => total + (after?.size ?? 0), 0)
  if (size > maximumBytes) throw validation('Transaction request exceeds the maximum size of 4 MB')
  prepared.forEach((each, at) => commit(database, each, decided[at]!, bill))
  if (token !== undefined) {
    const reads = prepared.map(({ table }, at) => ({
      table,
      units: readUnits(decided[at]!.after?.size ?? 0, true) * 2,
    }))
    database.tokens.set(token, { request: taken, usedAt: database.now(), reads })
  }
  return {}
}

/** TransactGetItems: a consistent view of all its items. */
export function transactGet(database: Database, request: TransactGetRequest, bill: Bill): object {
  const gets = (request.TransactItems ?? []).map(({ Get }) => Get ?? {})
  requireActions(gets.length)
  requireDistinct(
    gets.map(({ TableName, Key }) => {
      const table = tableOf(database, TableName)
      return { table, tie: table.keyString(takeIn(Key ?? {}, database.marshalling)) }
    }),
  )
  return { Responses: gets.map((get) => getOne(database, get, bill, 'transaction')) }
}

/** A repeat of a finished transaction succeeds, changes nothing, and is billed as a read. */
function isReplay(database: Database, token: string, request: Item, bill: Bill): boolean {
  const earlier = database.tokens.get(token)
  if (earlier === undefined || database.now() - earlier.usedAt > tokenLifeMs) return false
  if (!equals(earlier.request, request)) throw tokenReused()
  for (const { table, units } of earlier.reads) bill.read(table, units)
  return true
}

function decideAll(prepared: readonly Prepared[], bill: Bill): Decided[] {
  const decided: Decided[] = []
  const reasons = prepared.map((each): CancellationReason => {
    try {
      decided.push(decide(each))
      return { Code: 'None' }
    } catch (error) {
      return reasonOf(error)
    }
  })
  if (reasons.every(({ Code }) => Code === 'None')) return decided
  for (const { table, key, tie } of prepared) bill.write(table, key, table.get(tie), undefined)
  throw transactionCanceled(reasons)
}

function reasonOf(error: unknown): CancellationReason {
  if (error instanceof ConditionalCheckFailedException) {
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...(error.Item && { Item: error.Item }) }
  }
  if (error instanceof Error && error.name === 'ValidationException') {
    return { Code: 'ValidationError', Message: error.message }
  }
  throw error
}

function requireActions(count: number): void {
  if (count >= 1 && count <= maximumActions) return
  throw validation(
    `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${count === 0 ? 'greater than or equal to 1' : 'less than or equal to 100'}`,
  )
}

function requireDistinct(prepared: readonly Pick<Prepared, 'table' | 'tie'>[]): void {
  const keys = new Set(prepared.map(({ table, tie }) => `${table.definition.name}/${tie}`))
  if (keys.size < prepared.length) {
    throw validation('Transaction request cannot include multiple operations on one item')
  }
}
