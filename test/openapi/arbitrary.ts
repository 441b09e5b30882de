import { fc } from '../properties.ts'
import { resolve, type Schema } from './document.ts'

const list = (value: unknown): Schema[] => (Array.isArray(value) ? (value as Schema[]) : [])
const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)

/** Values that a schema of the document allows. Supports only the keywords that the document uses. */
export function arbitraryOf(written: Schema): fc.Arbitrary<unknown> {
  const schema = resolve(written)
  if ('const' in schema) return fc.constant(schema['const'])
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]))
  const choices = list(schema['anyOf'] ?? schema['oneOf'])
  if (choices.length > 0) return fc.oneof(...choices.map(arbitraryOf))
  switch (schema['type']) {
    case 'string':
      return textOf(schema)
    case 'integer':
      return fc.integer({
        min: number(schema['minimum'], number(schema['exclusiveMinimum'], -1000) + 1),
        max: number(schema['maximum'], 12_000),
      })
    case 'number':
      return fc.double({ noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return itemsOf(schema)
    case 'object':
      return membersOf(schema)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function textOf({ pattern, format, minLength, maxLength }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') {
    const range = { min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }
    return fc.date(range).map((date) => date.toISOString())
  }
  const length = { minLength: number(minLength, 0), maxLength: number(maxLength, 40) }
  if (typeof pattern !== 'string') return fc.string({ ...length, unit: 'grapheme' })
  const expression = new RegExp(pattern, 'u')
  const drawn = pattern.includes('\\p{') ? fc.string({ ...length, unit: 'grapheme' }) : fc.stringMatching(expression)
  return drawn.filter(
    (text) => expression.test(text) && text.length >= length.minLength && text.length <= number(maxLength, 1000),
  )
}

/** An array with the elements that each `contains` requires, and a few more. */
function itemsOf(schema: Schema): fc.Arbitrary<unknown> {
  const items = schema['items'] as Schema
  const wanted = list(schema['allOf']).map(({ contains }) => kindOf(contains as Schema))
  const choices = list(items['anyOf']).length > 0 ? list(items['anyOf']) : [items]
  const needed = wanted.map((kind) => arbitraryOf(choices.find((choice) => kindOf(resolve(choice)) === kind) ?? items))
  const minLength = Math.max(0, number(schema['minItems'], 0) - needed.length)
  const others = fc.array(arbitraryOf(items), { minLength, maxLength: minLength + 1 })
  return fc.tuple(fc.tuple(...needed), others).map(([first, more]) => [...first, ...more])
}

const kindOf = (schema: Schema): unknown =>
  (schema['properties'] as Record<string, Schema> | undefined)?.['kind']?.['const']

function membersOf(schema: Schema): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
  const requiredKeys = (schema['required'] ?? []) as string[]
  return fc.record(Object.fromEntries(properties.map(([name, member]) => [name, arbitraryOf(member)])), {
    requiredKeys,
  })
}
