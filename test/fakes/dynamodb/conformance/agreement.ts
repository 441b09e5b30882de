import {
  type AttributeValue,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb'
import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'vitest'
import { fc } from '../../../properties.ts'
import { createFakeDynamoDb } from '../fake.ts'
import { type Backend, table, tableName } from './backend.ts'
import { step } from './random-operations.ts'

/** Random sequences of operations. The engine must answer each like the fake and contain the same items afterwards. */
export async function agreement(backend: Backend, runs: number): Promise<void> {
  let count = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20, size: 'max' }), async (steps) => {
      const run = `random-${count++}`
      const fake = createFakeDynamoDb({ tables: [table] })
      const history: string[] = []
      for (const { name, command } of steps) {
        const wanted = await answer(fake, command(run))
        const given = await answer(backend.client, command(run))
        history.push(`${name} ${shown(command(run))} -> ${shown(wanted)}`)
        // The history is compared together with the answer, so that a failure shows it.
        if (refusesAsAWhole(backend, wanted)) expect(given).toHaveProperty('name')
        else expect({ answer: given, history }).toEqual({ answer: wanted, history })
      }
      expect(await items(backend.client, run)).toEqual(fake.snapshot())
    }),
    { numRuns: runs },
  )
}

/** DynamoDB Local refuses a transaction if an update does not fit its item. AWS names this as a cancellation reason. */
const refusesAsAWhole = ({ engine }: Backend, wanted: object) =>
  engine === 'dynamodb-local' && 'reasons' in wanted && String(wanted.reasons).includes('ValidationError')

const shown = (value: unknown) =>
  JSON.stringify(
    typeof value === 'object' && value !== null && 'input' in value ? value.input : value,
    (_, each: unknown) => (each instanceof Set ? [...each] : each),
  )

type Client = Backend['client']

/**
 * The guaranteed part of an answer: values without the order of sets, indexes and batches, and for errors the name
 * and the reasons.
 */
async function answer(client: Client, command: object): Promise<object> {
  try {
    // DynamoDB Local reports capacity for deleting a missing item without being asked.
    const {
      $metadata: _,
      ConsumedCapacity: __,
      ...output
    } = (await client.send(command as never)) as Record<string, unknown>
    return { ...output, ...sorted(output) }
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException)
      return { name: error.name, item: error.Item && new Set(Object.entries(error.Item).map(unordered)) }
    if (error instanceof TransactionCanceledException) {
      return { name: error.name, reasons: error.CancellationReasons?.map(({ Code }) => Code) }
    }
    return { name: (error as Error).name }
  }
}

const unordered = ([name, { SS, ...value }]: [string, AttributeValue]) => [name, SS ? new Set(SS) : value]

function sorted(output: Record<string, unknown>): Record<string, unknown> {
  const { Items, Responses } = output
  const byKey = (list: unknown) =>
    (list as Record<string, unknown>[]).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  if (Array.isArray(Items) && output['LastEvaluatedKey'] === undefined) return { Items: byKey(Items) }
  if (typeof Responses !== 'object' || Responses === null || Array.isArray(Responses)) return {}
  return { Responses: Object.fromEntries(Object.entries(Responses).map(([name, list]) => [name, byKey(list)])) }
}

const keyOf = (item: Record<string, unknown>) => `${String(item['pk'])}/${String(item['sk'])}`

async function items(client: Client, run: string): Promise<unknown[]> {
  const all: unknown[] = []
  for (const pk of ['a', 'b']) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': `${run}-${pk}` },
        ConsistentRead: true,
      }),
    )
    all.push(...Items)
  }
  return all
}
