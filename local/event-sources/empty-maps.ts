/**
 * Repairs empty maps in a stream image. DynamoDB Local writes them without a type, as `{}`, which no unmarshaller can
 * read, so the shard would never advance. DynamoDB and Dynoxide write `{"M": {}}`.
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
