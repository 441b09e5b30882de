import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { AttributeValue as LambdaAttributeValue } from 'aws-lambda'
import { type Item, type Value, typeOf } from './values.ts'

/** An item as the low-level client returns it. */
export const toAttributes = (item: Item): Record<string, AttributeValue> =>
  wrapMap(item, (bytes) => bytes) as Record<string, AttributeValue>

/** An item as a stream passes it to Lambda: JSON, so bytes are base64. */
export const toLambdaAttributes = (item: Item): Record<string, LambdaAttributeValue> =>
  wrapMap(item, (bytes) => Buffer.from(bytes).toString('base64')) as Record<string, LambdaAttributeValue>

type Encode = (bytes: Uint8Array) => unknown

const wrapMap = (map: Item, encode: Encode): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, wrap(value, encode)]))

function wrap(value: Value, encode: Encode): unknown {
  const type = typeOf(value)
  switch (type) {
    case 'S':
    case 'BOOL':
      return { [type]: value }
    case 'N':
      return { N: JSON.stringify(value) }
    case 'NULL':
      return { NULL: true }
    case 'B':
      return { B: encode(value as Uint8Array) }
    case 'SS':
      return { SS: [...(value as Set<string>)] }
    case 'NS':
      return { NS: [...(value as Set<number>)].map(String) }
    case 'BS':
      return { BS: [...(value as Set<Uint8Array>)].map(encode) }
    case 'L':
      return { L: (value as Value[]).map((element) => wrap(element, encode)) }
    case 'M':
      return { M: wrapMap(value as Item, encode) }
  }
}
