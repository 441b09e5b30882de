/**
 * DynamoDB Local writes an empty map into its stream as a value without a type, `{}`, which no reader understands: the
 * shard would be stuck at it for ever. DynamoDB itself, and the other engine, write `{"M": {}}`.
 */
export function withEmptyMaps(image: unknown): unknown {
  if (!isObject(image)) return image
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, withType(value)]))
}

function withType(value: unknown): unknown {
  if (!isObject(value)) return value
  if (Object.keys(value).length === 0) return { M: {} }
  const list: unknown = Reflect.get(value, 'L')
  if (Array.isArray(list)) return { L: list.map(withType) }
  return 'M' in value ? { M: withEmptyMaps(value.M) } : value
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
