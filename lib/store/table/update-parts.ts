import type { Item } from './items.ts'

/**
 * One part of an UpdateItem call: what it sets, adds and removes, on which conditions, and the names and values that
 * its expressions use. Parts that depend on a case bring their own values, because DynamoDB refuses a value that is not
 * used.
 */
export type UpdatePart = {
  set?: readonly string[]
  add?: readonly string[]
  remove?: readonly string[]
  /** All conditions must hold. A condition that contains `OR` needs its own parentheses unless it is the only one. */
  condition?: readonly string[]
  names?: Readonly<Record<string, string>>
  values?: Readonly<Item>
}

const clauseOf = (keyword: string, actions: readonly string[]): string[] =>
  actions.length === 0 ? [] : [`${keyword} ${actions.join(', ')}`]

const orNothing = <Value>(entries: Record<string, Value>): Record<string, Value> | undefined =>
  Object.keys(entries).length === 0 ? undefined : entries

/** Joins parts into the expressions of one UpdateCommand. No other place joins clauses. */
export function joinUpdate(...parts: readonly UpdatePart[]) {
  const conditions = parts.flatMap(({ condition = [] }) => condition)
  return {
    UpdateExpression: [
      ...clauseOf(
        'SET',
        parts.flatMap(({ set = [] }) => set),
      ),
      ...clauseOf(
        'ADD',
        parts.flatMap(({ add = [] }) => add),
      ),
      ...clauseOf(
        'REMOVE',
        parts.flatMap(({ remove = [] }) => remove),
      ),
    ].join(' '),
    ConditionExpression: conditions.length === 0 ? undefined : conditions.join(' AND '),
    ExpressionAttributeNames: orNothing<string>(Object.assign({}, ...parts.map(({ names }) => names))),
    ExpressionAttributeValues: orNothing<unknown>(Object.assign({}, ...parts.map(({ values }) => values))),
  }
}
