import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { fc } from '../../../properties.ts'
import { tableName as TableName } from './backend.ts'

type Values = Record<string, unknown>
type Expression = { text: string; values: Values }
type Key = { pk: string; sk: string }
export type Step = { name: string; command: (run: string) => object }

// Few keys and few values, so that operations affect the same items.
const key: fc.Arbitrary<Key> = fc.record({ pk: fc.constantFrom('a', 'b'), sk: fc.constantFrom('1', '2', '3') })
const number = fc.constantFrom(-1.5, 0, 0.1, 0.2, 1, 2, 10)
const text = fc.constantFrom('', 'a', 'ab', 'b', 'é')
const tags = fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 }).map((each) => new Set(each))
const item: fc.Arbitrary<Values> = fc.record(
  {
    n: fc.oneof(number, text),
    s: text,
    tags,
    entries: fc.array(number, { maxLength: 3 }),
    nested: fc.record({ x: number, y: text }, { requiredKeys: [] }),
    shelf: fc.constantFrom('left', 'right'),
    place: number,
    nothing: fc.constant(null),
  },
  { requiredKeys: [] },
)

const expression = (given: string, values: fc.Arbitrary<Values> = fc.constant({})): fc.Arbitrary<Expression> =>
  values.map((each) => ({ text: given, values: each }))

const simpleCondition = fc.oneof(
  expression('attribute_not_exists(pk)'),
  expression('attribute_exists(n)'),
  ...['=', '<>', '<', '<=', '>', '>='].map((sign) => expression(`n ${sign} :cn`, fc.record({ ':cn': number }))),
  expression('s >= :cs', fc.record({ ':cs': text })),
  expression('begins_with(s, :cb)', fc.record({ ':cb': text })),
  expression('contains(tags, :ct)', fc.record({ ':ct': fc.constantFrom('x', 'y') })),
  expression('contains(entries, :ce)', fc.record({ ':ce': number })),
  expression('size(entries) > :cz', fc.record({ ':cz': fc.nat(2) })),
  expression('nested.x < :cx', fc.record({ ':cx': number })),
  expression('entries[1] = :c1', fc.record({ ':c1': number })),
  expression('n BETWEEN :low AND :high', fc.record({ ':low': fc.constant(0), ':high': number.filter((n) => n >= 0) })),
  expression('n IN (:in1, :in2, nested.x)', fc.record({ ':in1': number, ':in2': text })),
  expression('attribute_type(n, :type)', fc.record({ ':type': fc.constantFrom('N', 'S', 'SS') })),
  expression('n = nested.x'),
  expression('tags = :cset', fc.record({ ':cset': tags })),
)

const condition = fc.oneof(
  fc.constant(undefined),
  simpleCondition,
  simpleCondition.map(({ text: inner, values }) => ({ text: `NOT ${inner}`, values })),
  fc.tuple(simpleCondition, simpleCondition, fc.constantFrom('AND', 'OR')).map(([left, right, operator]) => ({
    text: `${left.text} ${operator} NOT ${right.text}`,
    values: { ...left.values, ...right.values },
  })),
)

/** At most one clause of each kind, on its own attributes, so that any selection of them is a valid expression. */
const update = fc
  .record({
    SET: fc.option(
      fc.oneof(
        expression('s = :us', fc.record({ ':us': text })),
        expression('n = if_not_exists(n, :u0) + :un', fc.record({ ':u0': number, ':un': number })),
        expression('n = n - :un', fc.record({ ':un': number })),
        expression('nested.x = :ux', fc.record({ ':ux': number })),
        expression('nested = :um', fc.record({ ':um': fc.record({ x: number }) })),
        expression(
          'entries = list_append(if_not_exists(entries, :ue), :ul)',
          fc.record({ ':ue': fc.constant([]), ':ul': fc.array(number, { maxLength: 2 }) }),
        ),
        expression('entries[0] = s'),
        expression('copy1 = n, s = nested.y'),
        expression('shelf = :ug, place = :up', fc.record({ ':ug': fc.constantFrom('left', 'right'), ':up': number })),
      ),
    ),
    REMOVE: fc.option(
      fc.constantFrom('nothing', 'copy1', 'nothing, copy1').map((each) => ({ text: each, values: {} })),
    ),
    ADD: fc.option(
      fc.oneof(
        expression('visits :ua', fc.record({ ':ua': number })),
        expression('tags :ut', fc.record({ ':ut': tags })),
        expression('crew :ut', fc.record({ ':ut': tags })),
      ),
    ),
    DELETE: fc.option(expression('crew :ud', fc.record({ ':ud': tags }))),
  })
  .filter((clauses) => Object.values(clauses).some((clause) => clause !== null))
  .filter(({ ADD, DELETE }) => !(ADD?.text.includes('crew') === true && DELETE !== null))
  .filter(({ SET, REMOVE }) => !(SET?.text.includes('copy1') === true && REMOVE?.text.includes('copy1') === true))
  .map((clauses) => ({
    text: Object.entries(clauses)
      .flatMap(([clause, given]) => (given ? [`${clause} ${given.text}`] : []))
      .join(' '),
    values: Object.assign({}, ...Object.values(clauses).map((clause) => clause?.values)) as Values,
  }))

const inRun = (run: string, { pk, sk }: Key): Key => ({ pk: `${run}-${pk}`, sk })

/** Each run has its own shelves, so that it does not see the items of others. */
const shelved = (run: string, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      name === 'shelf' || name === ':ug' ? `${run}-${String(value)}` : value,
    ]),
  )

const conditional = (given: Expression | undefined, more: Values = {}) => {
  const values = { ...given?.values, ...more }
  return {
    ...(given && { ConditionExpression: given.text, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  }
}

const put = fc.tuple(key, item, condition).map(([at, more, when]) => (run: string) => ({
  TableName,
  Item: { ...inRun(run, at), ...shelved(run, more) },
  ...conditional(when),
}))
const change = fc.tuple(key, update, condition).map(([at, { text: given, values }, when]) => (run: string) => ({
  TableName,
  Key: inRun(run, at),
  UpdateExpression: given,
  ...conditional(when, shelved(run, values)),
}))
const remove = fc
  .tuple(key, condition)
  .map(([at, when]) => (run: string) => ({ TableName, Key: inRun(run, at), ...conditional(when) }))

const range = fc.oneof(
  expression(''),
  ...['=', '<', '<=', '>', '>='].map((sign) =>
    expression(` AND sk ${sign} :sk`, fc.record({ ':sk': fc.constantFrom('1', '2', '3') })),
  ),
)

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: named('put', put, (input) => new PutCommand({ ...input, ReturnValues: 'ALL_OLD' })) },
  {
    weight: 8,
    arbitrary: fc.tuple(change, fc.constantFrom('ALL_NEW' as const, 'NONE' as const)).map(([input, ReturnValues]) => ({
      name: 'update',
      command: (run: string) => new UpdateCommand({ ...input(run), ReturnValues }),
    })),
  },
  {
    weight: 2,
    arbitrary: named('delete', remove, (input) => new DeleteCommand({ ...input, ReturnValues: 'ALL_OLD' })),
  },
  {
    weight: 2,
    arbitrary: key.map((at) => ({
      name: 'get',
      command: (run: string) => new GetCommand({ TableName, Key: inRun(run, at), ConsistentRead: true }),
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(range, fc.boolean(), fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }))
      .map(([{ text: given, values }, ScanIndexForward, Limit]) => ({
        name: 'query',
        command: (run: string) =>
          new QueryCommand({
            TableName,
            KeyConditionExpression: `pk = :p${given}`,
            FilterExpression: 'attribute_exists(s) OR n <> :f',
            ExpressionAttributeValues: { ':p': `${run}-a`, ':f': 1, ...values },
            ScanIndexForward,
            // At the end of a range, engines differ in whether a full page has a next one.
            Limit: given === '' ? Limit : undefined,
          }),
      })),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('byShelf', 'shelves', 'titles').map((IndexName) => ({
      name: 'index',
      command: (run: string) =>
        new QueryCommand({
          TableName,
          IndexName,
          KeyConditionExpression: 'shelf = :s',
          ExpressionAttributeValues: { ':s': `${run}-left` },
        }),
    })),
  },
  {
    weight: 4,
    // Only one action per item, because engines differ in which of two errors they notice first.
    arbitrary: fc
      .uniqueArray(
        fc.oneof(
          put.map((input) => (run: string) => ({ Put: input(run) })),
          change.map((input) => (run: string) => ({ Update: input(run) })),
          remove.map((input) => (run: string) => ({ Delete: input(run) })),
        ),
        { minLength: 1, maxLength: 3, selector: (action) => itemOf(action('')) },
      )
      .map((actions) => ({
        name: 'transaction',
        command: (run: string) => new TransactWriteCommand({ TransactItems: actions.map((action) => action(run)) }),
      })),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.tuple(key, item), { minLength: 1, maxLength: 3 }).map((puts) => ({
      name: 'batch write',
      command: (run: string) =>
        new BatchWriteCommand({
          RequestItems: {
            [TableName]: puts.map(([at, more]) => ({
              PutRequest: { Item: { ...inRun(run, at), ...shelved(run, more) } },
            })),
          },
        }),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.array(key, { minLength: 1, maxLength: 3 }).map((keys) => ({
      name: 'batch get',
      command: (run: string) =>
        new BatchGetCommand({ RequestItems: { [TableName]: { Keys: keys.map((at) => inRun(run, at)) } } }),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.array(key, { minLength: 1, maxLength: 3 }).map((keys) => ({
      name: 'transactional get',
      command: (run: string) =>
        new TransactGetCommand({ TransactItems: keys.map((at) => ({ Get: { TableName, Key: inRun(run, at) } })) }),
    })),
  },
)

const itemOf = (action: { Put?: { Item: Key }; Update?: { Key: Key }; Delete?: { Key: Key } }) => {
  const { pk, sk } = action.Put?.Item ?? action.Update?.Key ?? action.Delete!.Key
  return `${pk}/${sk}`
}

function named<Input>(name: string, inputs: fc.Arbitrary<(run: string) => Input>, make: (input: Input) => object) {
  return inputs.map((input): Step => ({ name, command: (run) => make(input(run)) }))
}
