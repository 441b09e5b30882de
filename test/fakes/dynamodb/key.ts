import { validation } from './errors.ts'
import { type Item, type Value, typeOf } from './values.ts'

export type KeyType = 'S' | 'N' | 'B'
export type KeyAttribute = { name: string; type: KeyType }
export type KeySchema = { hash: KeyAttribute; range?: KeyAttribute }

export const attributesOf = ({ hash, range }: KeySchema): KeyAttribute[] => (range ? [hash, range] : [hash])

/** A key as a unique string: its parts cannot run into each other. */
export function keyString(schema: KeySchema, item: Item): string {
  const hash = partString(item[schema.hash.name]!)
  return schema.range ? `${hash.length}:${hash}${partString(item[schema.range.name]!)}` : hash
}

/** One attribute of a key as a string. A key attribute has one type, so numbers and texts cannot collide. */
export const partString = (value: Value): string =>
  typeof value === 'string'
    ? value
    : value instanceof Uint8Array
      ? Buffer.from(value).toString('latin1')
      : JSON.stringify(value)

export function keyOf(schema: KeySchema, item: Item): Item {
  const key: Item = { [schema.hash.name]: item[schema.hash.name]! }
  if (schema.range) key[schema.range.name] = item[schema.range.name]!
  return key
}

/** Refuses a `Key` parameter that is not exactly the table's key. */
export function requireKey(schema: KeySchema, key: Item): void {
  const attributes = attributesOf(schema)
  const fits = attributes.every(({ name, type }) => key[name] !== undefined && typeOf(key[name]) === type)
  if (!fits || Object.keys(key).length !== attributes.length) {
    throw validation('The provided key element does not match the schema')
  }
  for (const attribute of attributes) requireKeyValue(attribute, key[attribute.name]!, attribute === schema.hash)
}

/** Refuses an item whose key attributes are missing, empty or of the wrong type. */
export function requireKeyAttributes(schema: KeySchema, item: Item): void {
  for (const attribute of attributesOf(schema)) {
    const { name, type } = attribute
    const value = item[name]
    if (value === undefined) {
      throw validation(`One or more parameter values were invalid: Missing the key ${name} in the item`)
    }
    if (typeOf(value) !== type) {
      throw validation(
        `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
      )
    }
    requireKeyValue(attribute, value, attribute === schema.hash)
  }
}

function requireKeyValue({ name }: KeyAttribute, value: Value, isHash: boolean): void {
  if (typeof value === 'number' || (typeof value !== 'string' && !(value instanceof Uint8Array))) return
  if (value.length === 0) {
    throw validation(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${typeof value === 'string' ? 'string' : 'binary'} value. Key: ${name}`,
    )
  }
  requireKeySize(value, isHash)
}

/** Refuses a value that is too long for a partition key or a sort key. */
export function requireKeySize(value: Value, isHash: boolean): void {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) return
  const limit = isHash ? 2048 : 1024
  if (value.length * 3 > limit && Buffer.byteLength(value) > limit) {
    throw validation(
      `One or more parameter values were invalid: Size of ${isHash ? 'hashkey' : 'rangekey'} has exceeded the maximum size limit of${limit} bytes`,
    )
  }
}

/** Refuses a value that an index cannot hold as its key. A missing attribute only keeps the item out of the index. */
export function requireIndexKeyAttributes(indexName: string, schema: KeySchema, item: Item): void {
  for (const { name, type } of attributesOf(schema)) {
    const value = item[name]
    if (value === undefined) continue
    if (typeOf(value) !== type) {
      throw validation(
        `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${indexName}`,
      )
    }
    if (value === '' || (value instanceof Uint8Array && value.length === 0)) {
      throw validation(
        `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${indexName}, IndexKey: ${name}`,
      )
    }
    requireKeySize(value, name === schema.hash.name)
  }
}
