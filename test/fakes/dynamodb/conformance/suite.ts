import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import { reservedWords } from '../reserved-words.ts'
import { type Backend, type Deviations, type EngineName, tableName } from './backend.ts'
import { conditionCases, conditionItem } from './condition-cases.ts'
import { describeLimits } from './limit-suite.ts'
import { describeQueries } from './query-suite.ts'
import { describeTransactionsAndBatches } from './transaction-suite.ts'
import { updateCases } from './update-cases.ts'
import { describeWrites } from './write-suite.ts'

/**
 * A claim about AWS. For a known difference of the engine the claim must fail, so that a fix of the engine is
 * noticed.
 */
export const claimFor =
  (engine: EngineName) => (claim: string, deviations: Deviations | undefined, run: () => Promise<void>) => {
    const deviation = deviations?.[engine]
    const declare = deviation === undefined ? test : test.fails
    declare(deviation === undefined ? claim : `${claim} (not so in ${engine}: ${deviation})`, run)
  }

/** The behaviour of DynamoDB, checked claim by claim. */
export function describeDynamoDb(engine: EngineName, backend: () => Backend): void {
  const claim = claimFor(engine)
  const send: Backend['client']['send'] = (command: never) => backend().client.send(command)

  describe('conditions', () => {
    conditionCases.forEach(([expression, values, outcome, deviations], at) => {
      const verdict = outcome === true ? 'holds' : outcome === false ? 'does not hold' : 'is refused'
      claim(`${at}: ${expression || '(empty)'} with ${shown(values)} ${verdict}`, deviations, async () => {
        const Key = { pk: `condition-${at}`, sk: '1' }
        await send(new PutCommand({ TableName: tableName, Item: { ...Key, ...conditionItem } }))
        const removal = send(
          new DeleteCommand({
            TableName: tableName,
            Key,
            ConditionExpression: expression,
            ExpressionAttributeValues: values,
          }),
        )
        const name = await removal.then(
          () => true,
          (error: Error) => error.name,
        )
        expect(name).toBe(outcome === false ? 'ConditionalCheckFailedException' : outcome)
      })
    })
  })

  describe('updates', () => {
    updateCases.forEach(({ expression, values, before, after, deviations }, at) => {
      const result = typeof after === 'string' ? 'is refused' : `makes ${shown(after)}`
      claim(`${at}: ${expression} on ${shown(before)} with ${shown(values)} ${result}`, deviations, async () => {
        const Key = { pk: `update-${at}`, sk: '1' }
        if (before !== undefined) await send(new PutCommand({ TableName: tableName, Item: { ...Key, ...before } }))
        const update = new UpdateCommand({
          TableName: tableName,
          Key,
          UpdateExpression: expression,
          ExpressionAttributeValues: values,
        })
        if (typeof after === 'string') {
          await expect(send(update)).rejects.toHaveProperty('name', after)
          const { Item } = await send(new GetCommand({ TableName: tableName, Key }))
          expect(Item).toEqual(before && { ...Key, ...before })
        } else {
          await send(update)
          const { Item } = await send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }))
          expect(Item).toEqual({ ...Key, ...after })
        }
      })
    })
  })

  claim('every reserved word is refused as a bare name', { 'dynamodb-local': 'takes SIZE and CONVERT' }, async () => {
    const accepted: string[] = []
    for (const word of reservedWords) {
      const Key = { pk: 'reserved', sk: '1' }
      const ConditionExpression = `attribute_not_exists(${word.toLowerCase()})`
      await send(new DeleteCommand({ TableName: tableName, Key, ConditionExpression })).then(
        () => accepted.push(word),
        () => undefined,
      )
    }
    expect(accepted).toEqual([])
  })

  describe('writes', () => {
    describeWrites(claim, send)
  })
  describe('queries', () => {
    describeQueries(claim, send)
  })
  describe('limits', () => {
    describeLimits(claim, send)
  })
  describe('transactions and batches', () => {
    describeTransactionsAndBatches(claim, send)
  })
}

export type Claim = ReturnType<typeof claimFor>
export type Send = Backend['client']['send']

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (each instanceof Set ? [...each] : each)) ?? 'nothing'
