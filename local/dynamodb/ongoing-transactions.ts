import * as z from 'zod'
import { Item, type Refusal, type TableKeys } from './table-limits.ts'

const Place = z.looseObject({ TableName: z.string(), Key: Item.optional(), Item: Item.optional() })
const Transaction = z.looseObject({
  TransactItems: z.array(z.record(z.string(), Place)),
  ClientRequestToken: z.string().optional(),
})

type Begun = { refusal?: Refusal; end: () => void }

const ongoing = 'Transaction is ongoing for the item'
const nothing: Begun = { end: () => undefined }

/**
 * Tracks the items that transactions are writing. As in DynamoDB, another transaction on such an item is cancelled, and a
 * single write is refused. Batch writes and non-transactional reads pass.
 */
export function ongoingTransactions(tables: readonly TableKeys[]) {
  const busy = new Set<string>()
  const tokens = new Set<string>()

  const nameOf = ({ TableName, Key, Item: item }: z.infer<typeof Place>): string => {
    const { hash, range } = tables.find(({ name }) => name === TableName)?.key ?? { hash: '' }
    const key = Key ?? item ?? {}
    return JSON.stringify([TableName, key[hash], range === undefined ? undefined : key[range]])
  }

  const beginTransaction = (call: unknown, writes: boolean): Begun => {
    const transaction = Transaction.safeParse(call)
    if (!transaction.success) return nothing
    const { TransactItems, ClientRequestToken: token } = transaction.data
    if (token !== undefined && tokens.has(token)) {
      const message = 'The transaction with the given request token is already in progress.'
      return { ...nothing, refusal: { type: 'TransactionInProgressException', message } }
    }
    const names = TransactItems.flatMap((action) => Object.values(action).map(nameOf))
    const reasons = names.map((name) =>
      busy.has(name) ? { Code: 'TransactionConflict', Message: ongoing } : { Code: 'None' },
    )
    if (names.some((name) => busy.has(name))) {
      const codes = reasons.map(({ Code }) => Code).join(', ')
      const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`
      return { ...nothing, refusal: { type: 'TransactionCanceledException', message, reasons } }
    }
    if (!writes) return nothing
    for (const name of names) busy.add(name)
    if (token !== undefined) tokens.add(token)
    return {
      end: () => {
        for (const name of names) busy.delete(name)
        if (token !== undefined) tokens.delete(token)
      },
    }
  }

  return {
    /** Checks a call before it is sent. Returns its refusal, if any; call `end` when the response has arrived. */
    begin: (operation: string, call: unknown): Begun => {
      switch (operation) {
        case 'TransactWriteItems':
          return beginTransaction(call, true)
        case 'TransactGetItems':
          return beginTransaction(call, false)
        case 'PutItem':
        case 'UpdateItem':
        case 'DeleteItem': {
          const place = Place.safeParse(call)
          if (!place.success || !busy.has(nameOf(place.data))) return nothing
          return { ...nothing, refusal: { type: 'TransactionConflictException', message: ongoing } }
        }
        default:
          return nothing
      }
    },
  }
}
