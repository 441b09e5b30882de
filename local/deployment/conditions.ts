import { StartError } from '../start-error.ts'
import { Intrinsic } from './intrinsic.ts'

/** A CloudFormation function that decides by parameters, such as `!If [HasDomain, a, b]`. */
export class Decision {
  readonly name: 'If' | 'Equals' | 'Not'
  readonly parts: readonly unknown[]

  constructor(name: Decision['name'], parts: readonly unknown[]) {
    this.name = name
    this.parts = parts
  }
}

export type Conditions = Readonly<Record<string, unknown>>

/** Puts in each `!If`'s place what its condition chooses, as CloudFormation does; `!Ref AWS::NoValue` leaves no trace. */
export function decideConditions(value: unknown, conditions: Conditions): unknown {
  if (value instanceof Intrinsic) return value
  if (value instanceof Decision) {
    // The conditions themselves.
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

/** Whether a condition of the template is true with the parameters as they are. */
export function holds(name: string, conditions: Conditions): boolean {
  if (!Object.hasOwn(conditions, name)) throw new StartError(`serverless.yml: there is no condition "${name}".`)
  return evaluate(conditions[name])
}

function evaluate(condition: unknown): boolean {
  if (!(condition instanceof Decision)) throw notUnderstood(condition)
  const [first, second] = condition.parts
  switch (condition.name) {
    case 'Equals':
      return String(first) === String(second)
    case 'Not':
      return !evaluate(first)
    case 'If':
      throw notUnderstood(condition)
  }
}

const isNone = (value: unknown): boolean =>
  value instanceof Intrinsic && value.name === 'Ref' && value.text === 'AWS::NoValue'

const notUnderstood = (value: unknown): StartError =>
  new StartError(`serverless.yml: a condition is not understood locally: ${JSON.stringify(value)}.`)
