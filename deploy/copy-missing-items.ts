import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { entities } from '../lib/store/table/items.ts'

// Copies the items that the running table lacks from a restored copy of it (docs/disaster.md). It never overwrites an
// item, so everything that happened since the restore point stays.

/** The kinds of items that are copied: those of orders. Of the others, a removed one may be removed for good. */
const copied: ReadonlySet<string> = new Set([
  entities.request,
  entities.part,
  entities.submission,
  entities.upstreamLink,
  entities.result,
  entities.link,
])

/** States from which the gateway sends a submission, or of which it does not know whether it was sent. */
const unfinished: ReadonlySet<string> = new Set(['queued', 'waiting', 'submitting', 'unconfirmed'])

const Item = z.looseObject({
  entity: z.string().optional(),
  expiresAt: z.number().optional(),
  requestId: z.string().optional(),
  state: z.string().optional(),
})

type Options = {
  client: Pick<DynamoDBDocumentClient, 'send'>
  from: string
  to: string
  /** Epoch milliseconds. */
  now: number
}

export type Copied = { read: number; copied: number; present: number; unfinishedRequests: string[] }

/**
 * Reads the whole table `from` and writes to `to` each unexpired item of the order data that `to` lacks. Returns the
 * counts, and the requests with a copied submission that is not finished: cancel or decide them before the senders run.
 */
export async function copyMissingItems({ client, from, to, now }: Options): Promise<Copied> {
  const count = { read: 0, copied: 0, present: 0 }
  const open = new Set<string>()
  let start: Record<string, unknown> | undefined
  do {
    const page = await client.send(new ScanCommand({ TableName: from, ExclusiveStartKey: start, Limit: 500 }))
    for (const raw of page.Items ?? []) {
      count.read += 1
      const item = Item.parse(raw)
      if (!copied.has(item.entity ?? '') || (item.expiresAt ?? Infinity) * 1000 <= now) continue
      const isNew = await putIfAbsent(client, to, raw)
      count[isNew ? 'copied' : 'present'] += 1
      if (isNew && item.requestId !== undefined && unfinished.has(item.state ?? '')) open.add(item.requestId)
    }
    start = page.LastEvaluatedKey
  } while (start !== undefined)
  return { ...count, unfinishedRequests: [...open] }
}

async function putIfAbsent(client: Options['client'], to: string, item: Record<string, unknown>): Promise<boolean> {
  try {
    await client.send(new PutCommand({ TableName: to, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }))
    return true
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false
    throw error
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } })
  const { from, to } = z.object({ from: z.string(), to: z.string() }).parse(values)
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}))
  const result = await copyMissingItems({ client, from, to, now: Date.now() })
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`)
}
