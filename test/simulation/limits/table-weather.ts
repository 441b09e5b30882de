import { TableCapacity, type Charge } from '../../capacity/dynamodb/table-capacity.ts'
import { placeOf } from '../../capacity/dynamodb/place.ts'
import { kilobyte, sizeOfItem } from '../../fakes/dynamodb/size.ts'
import type { Item } from '../../fakes/dynamodb/values.ts'
import { textIn } from '../watch.ts'

type Write = { Item?: Item; Key?: Item; UpdateExpression?: string; ExpressionAttributeValues?: Item }
type Input = Write & {
  IndexName?: string
  KeyConditionExpression?: string
  RequestItems?: Record<string, { PutRequest?: Write; DeleteRequest?: Write }[] | { Keys: Item[] }>
  TransactItems?: Record<string, Write>[]
}
export type Command = { constructor: { name: string }; input: Input }

const indexes = [
  { name: 'due', hash: 'dueBucket', range: 'dueAt' },
  { name: 'byAccount', hash: 'listedUnder', range: 'listedAt' },
] as const

/**
 * A table with the key ranges of a new on-demand table, which throttles what they do not take. The units of a command are
 * estimated before it runs: a write by the size of the stored and of the new item, a query as one unit.
 */
export class TableWeather {
  readonly capacity: TableCapacity
  readonly #now: () => number
  readonly #stored: (key: Item) => Item | undefined

  constructor(now: () => number, stored: (key: Item) => Item | undefined) {
    this.#now = now
    this.#stored = stored
    this.capacity = new TableCapacity({ now: now(), indexes: indexes.map(({ name }) => name) })
  }

  /** Whether the key ranges take a command. If they do, its units are used. */
  takes(command: Command): boolean {
    const charges = this.#charges(command)
    return charges.length === 0 || this.capacity.takeAll(charges, this.#now()) === 'taken'
  }

  /** Commands that were throttled so far. */
  get refusals(): number {
    return [...this.capacity.refused.values()].reduce((total, count) => total + count, 0)
  }

  #charges({ constructor: { name }, input }: Command): Charge[] {
    switch (name) {
      case 'GetCommand':
        return [{ place: placed(input.Key), kind: 'read', units: 1 }]
      case 'QueryCommand':
        return [{ place: placeOf({ pk: queried(input) }), kind: 'read', units: 1, index: input.IndexName }]
      case 'BatchWriteCommand':
        return Object.values(input.RequestItems ?? {})
          .flatMap((requests) => (Array.isArray(requests) ? requests : []))
          .flatMap(({ PutRequest, DeleteRequest }) => this.#write(PutRequest ?? DeleteRequest ?? {}, 1))
      case 'BatchGetCommand':
        return Object.values(input.RequestItems ?? {}).flatMap((requests) =>
          Array.isArray(requests)
            ? []
            : requests.Keys.map((key): Charge => ({ place: placed(key), kind: 'read', units: 1 })),
        )
      case 'TransactWriteCommand':
        return (input.TransactItems ?? []).flatMap((item) =>
          Object.values(item).flatMap((write) => this.#write(write, 2)),
        )
      default:
        return this.#write(input, 1)
    }
  }

  #write(write: Write, factor: number): Charge[] {
    const place = placed(write.Item ?? write.Key)
    const old = this.#stored(write.Item ?? write.Key ?? {})
    const size = Math.max(
      sizeOfItem(old ?? {}),
      sizeOfItem(write.Item ?? {}),
      sizeOfItem(write.ExpressionAttributeValues ?? {}),
    )
    const own: Charge = { place, kind: 'write', units: Math.max(1, Math.ceil(size / kilobyte)) * factor }
    return [own, ...indexes.flatMap((index) => indexWrites(index, write, old))]
  }
}

/** The entries of an index that a write removes and adds. Its projection has keys only, so other writes leave it alone. */
function indexWrites({ name, hash, range }: (typeof indexes)[number], write: Write, old: Item | undefined): Charge[] {
  const changes =
    write.UpdateExpression === undefined
      ? write.Item?.[hash] !== old?.[hash] || write.Item?.[range] !== old?.[range]
      : [hash, range].some((attribute) => write.UpdateExpression?.includes(attribute))
  if (!changes) return []
  const set = new RegExp(`\\b${hash} = (:\\w+)`).exec(write.UpdateExpression ?? '')?.[1]
  const updated = set === undefined ? old?.[hash] : write.ExpressionAttributeValues?.[set]
  return [old?.[hash], write.UpdateExpression === undefined ? write.Item?.[hash] : updated].flatMap((pk): Charge[] =>
    typeof pk === 'string' ? [{ place: placeOf({ pk }), kind: 'write', units: 1, index: name }] : [],
  )
}

const placed = (key: Item | undefined) => placeOf({ pk: textIn(key, 'pk'), sk: textIn(key, 'sk') })

/** The partition key that a query names. */
function queried({ KeyConditionExpression: condition = '', ExpressionAttributeValues: values }: Input): string {
  const variable = /= (:\w+)/.exec(condition)?.[1] ?? ''
  return textIn(values, variable)
}
