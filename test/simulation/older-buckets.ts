import type { Item } from '../fakes/dynamodb/values.ts'

/** Code before there were 16 shards of the due index wrote and read the first four. */
const oldShards = 4

type Write = { Item?: Item; ExpressionAttributeValues?: Item }
type Input = Write & { TransactItems?: { Put?: Write; Update?: Write }[] }
type Entries = { Items?: Item[] }

const shardOf = (bucket: unknown): number | undefined => {
  const [, shard] = typeof bucket === 'string' ? (/^DUE#(\d+)$/.exec(bucket) ?? []) : []
  return shard === undefined ? undefined : Number(shard)
}

const inOldShard = (item: Item, name: string): Item => {
  const shard = shardOf(item[name])
  return shard === undefined ? item : { ...item, [name]: `DUE#${shard % oldShards}` }
}

function write({ Item: item, ExpressionAttributeValues: values, ...rest }: Write): Write {
  return {
    ...rest,
    ...(item === undefined ? {} : { Item: inOldShard(item, 'dueBucket') }),
    ...(values === undefined ? {} : { ExpressionAttributeValues: inOldShard(values, ':bucket') }),
  }
}

/** A command as code with four shards sends it. */
export function withFourBuckets(name: string, input: object): object {
  if (name === 'QueryCommand' || name === 'ScanCommand') return input
  const { TransactItems: actions, ...rest } = input as Input
  if (actions === undefined) return write(rest)
  const changed = actions.map(({ Put, Update, ...other }) => ({
    ...other,
    ...(Put === undefined ? {} : { Put: write(Put) }),
    ...(Update === undefined ? {} : { Update: write(Update) }),
  }))
  return { ...rest, TransactItems: changed }
}

/** The entries that code with four shards finds. */
export function fromFourBuckets(output: object): object {
  const { Items: items } = output as Entries
  if (items === undefined) return output
  return { ...output, Items: items.filter((item) => (shardOf(item['dueBucket']) ?? 0) < oldShards) }
}
