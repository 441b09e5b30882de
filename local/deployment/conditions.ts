import { StartError } from '../start-error.ts'
import { Intrinsic } from './intrinsic.ts'

/**
 * A CloudFormation function of a list, such as `!If [HasDomain, a, b]`. All but `Split` and `Sub` are about conditions.
 */
export class Decision {
  readonly name: 'If' | 'Equals' | 'Not' | 'And' | 'Split' | 'Sub'
  readonly parts: readonly unknown[]

  constructor(name: Decision['name'], parts: readonly unknown[]) {
    this.name = name
    this.parts = parts
  }
}

/** The value of each condition of the template with the current parameters, by name. */
export type Conditions = ReadonlyMap<string, boolean>

type Parameters = Readonly<Record<string, { Default: string | number }>>

/** Evaluates the conditions of the template. Supports conditions on parameters only; throws `StartError` for others. */
export function readConditions(written: Readonly<Record<string, unknown>>, parameters: Parameters): Conditions {
  return new Map(Object.entries(written).map(([name, condition]) => [name, evaluate(condition, parameters)]))
}

/** The value of a condition by name. Throws `StartError` if the template does not define it. */
export function holds(name: string, conditions: Conditions): boolean {
  const decided = conditions.get(name)
  if (decided === undefined) throw new StartError(`serverless.yml: there is no condition "${name}".`)
  return decided
}

/**
 * Replaces each `!If` by the branch that its condition selects, splits each `!Split` of a text, and removes members that
 * are `!Ref AWS::NoValue`.
 */
export function decideConditions(value: unknown, conditions: Conditions): unknown {
  if (value instanceof Intrinsic) return value
  if (value instanceof Decision) {
    if (value.name === 'Split') return split(value)
    // The definitions in the Conditions section stay as they are, and so does a `!Sub` with values of its own.
    if (value.name !== 'If') return value
    const [name, whenTrue, whenFalse] = value.parts
    if (typeof name !== 'string') throw notUnderstood(value)
    return decideConditions(holds(name, conditions) ? whenTrue : whenFalse, conditions)
  }
  if (Array.isArray(value))
    return value.map((each) => decideConditions(each, conditions)).filter((each) => !isNone(each))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => [key, decideConditions(each, conditions)] as const)
  return Object.fromEntries(entries.filter(([, each]) => !isNone(each)))
}

/** Splits a text. A reference stays unsplit, because only resources without an effect on the local stack split one. */
function split(value: Decision): string[] | Decision {
  const [separator, text] = value.parts
  return typeof separator === 'string' && typeof text === 'string' ? text.split(separator) : value
}

function evaluate(condition: unknown, parameters: Parameters): boolean {
  if (!(condition instanceof Decision)) throw notUnderstood(condition)
  const [first, second] = condition.parts
  switch (condition.name) {
    case 'Equals':
      return valueOf(first, parameters) === valueOf(second, parameters)
    case 'Not':
      return !evaluate(first, parameters)
    case 'And':
      return condition.parts.every((part) => evaluate(part, parameters))
    case 'If':
    case 'Split':
    case 'Sub':
      throw notUnderstood(condition)
  }
}

function valueOf(part: unknown, parameters: Parameters): string {
  if (!(part instanceof Intrinsic)) return String(part)
  const parameter = part.name === 'Ref' ? parameters[part.text] : undefined
  if (parameter === undefined) throw notUnderstood(part)
  return String(parameter.Default)
}

const isNone = (value: unknown): boolean =>
  value instanceof Intrinsic && value.name === 'Ref' && value.text === 'AWS::NoValue'

const notUnderstood = (value: unknown): StartError =>
  new StartError(`serverless.yml: the local stack does not support the condition ${JSON.stringify(value)}.`)
