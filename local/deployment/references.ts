import { StartError } from '../start-error.ts'
import { Intrinsic, type Text } from './intrinsic.ts'

/** Local values by reference: `Table` for `!Ref Table`, `Table.Arn` for `!GetAtt Table.Arn`. */
export type Values = ReadonlyMap<string, string>

/** Resolves a text to its local value. Throws `StartError` if it refers to something that the local stack lacks. */
export function resolveText(text: Text, values: Values): string {
  if (!(text instanceof Intrinsic)) return text
  if (text.name !== 'Sub') return valueOf(text.text, text, values)
  // In `!Sub`, `${!Name}` is an escaped literal `${Name}`.
  return text.text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) =>
    literal === '!' ? `\${${name}}` : valueOf(name.trim(), text, values),
  )
}

function valueOf(name: string, text: Intrinsic, values: Values): string {
  const value = values.get(name)
  if (value === undefined)
    throw new StartError(`serverless.yml: "${text.toString()}" refers to nothing in the local stack.`)
  return value
}

const secretReference = /\{\{resolve:secretsmanager:(arn:[^:}]+(?::[^:}]+){5}|[^:}]+)\}\}/g

/** Replaces `{{resolve:secretsmanager:arn}}` with the secret, as CloudFormation does during a deployment. */
export function resolveSecrets(text: string, secretString: (id: string) => string): string {
  const resolved = text.replaceAll(secretReference, (_, id: string) => secretString(id))
  if (resolved.includes('{{')) throw new StartError(`serverless.yml: the local stack cannot resolve "${text}".`)
  return resolved
}
