import { validation } from './errors.ts'
import type { Item, Value } from './values.ts'

/** The settings of the document client's `marshallOptions`. */
export type Marshalling = { removeUndefinedValues: boolean }

/** Copies a caller's values, and refuses what the SDK's marshaller refuses. */
export function takeIn(values: object, marshalling: Marshalling): Item {
  // A spread, because V8 makes an object slow if more than about twenty properties are added one by one. No `for in`,
  // because V8 compiles such a loop again and again if the loop changes the object.
  const item = { ...values } as Record<string, unknown>
  let isWhole = true
  for (const name of Object.keys(item)) {
    const value = item[name]
    if (name === '') throw validation('Empty attribute name')
    if (value === undefined && marshalling.removeUndefinedValues) isWhole = false
    else if (typeof value === 'string') requireText(value)
    else if (typeof value !== 'boolean') {
      const taken = takeInValue(value, marshalling)
      if (taken !== value) item[name] = taken
    }
  }
  const whole = isWhole ? item : Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined))
  return whole as Item
}

function takeInValue(value: unknown, marshalling: Marshalling): Value {
  switch (typeof value) {
    case 'string':
      return requireText(value)
    case 'boolean':
      return value
    case 'number':
      return checkedNumber(value)
    case 'bigint':
      return checkedNumber(Number(value))
    case 'undefined':
      throw new Error('Pass options.removeUndefinedValues=true to remove undefined values from map/array/set.')
    case 'object':
      break
    case 'symbol':
    case 'function':
      throw unsupported(value)
  }
  if (value === null) return null
  if (Array.isArray(value)) {
    const list: Value[] = []
    for (const element of value as unknown[]) {
      if (element !== undefined || !marshalling.removeUndefinedValues) list.push(takeInValue(element, marshalling))
    }
    return list
  }
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (value instanceof Set) return takeInSet(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw unsupported(value)
  return takeIn(value, marshalling)
}

function takeInSet(value: Set<unknown>): Value {
  if (value.size === 0) throw new Error('Pass a non-empty set, or options.convertEmptyValues=true.')
  const set = new Set<string | number | Uint8Array>()
  let type: string | undefined
  for (const element of value) {
    const isBytes = element instanceof Uint8Array
    if (!isBytes && typeof element !== 'string' && typeof element !== 'number') throw unsupported(element)
    if (type !== undefined && typeof element !== type) throw new Error('A set holds values of one type.')
    type = typeof element
    if (typeof element === 'string') requireText(element)
    set.add(isBytes ? new Uint8Array(element) : element)
  }
  return set
}

/**
 * A text is UTF-8, which half of a surrogate pair cannot be. The behaviour of AWS is not documented, so never send
 * one.
 */
function requireText(text: string): string {
  if (text.isWellFormed()) return text
  throw validation('One or more parameter values were invalid: a string is not well-formed Unicode')
}

function checkedNumber(value: number): number {
  if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value
  throw new Error(`Number ${value} is not one that the SDK passes on without NumberValue.`)
}

const unsupported = (value: unknown) =>
  new Error(
    `Unsupported type passed: ${String(value)}. Pass options.convertClassInstanceToMap=true to marshall typeof object as map attribute.`,
  )

/** Copies stored values for a caller, so that no caller can change the table. */
export function handOut(item: Item): Item {
  const copy: Item = { ...item }
  for (const name of Object.keys(copy)) {
    const value = copy[name]!
    if (typeof value === 'object' && value !== null) copy[name] = handOutValue(value)
  }
  return copy
}

function handOutValue(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(handOutValue)
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (value instanceof Set) return new Set(value)
  return handOut(value)
}
