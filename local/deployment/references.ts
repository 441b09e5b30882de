import { StartError } from '../start-error.ts'
import { Intrinsic, type Text } from './intrinsic.ts'

/** Values by what names them: `Table` for `!Ref Table`, `Table.Arn` for `!GetAtt Table.Arn`. */
export type Values = ReadonlyMap<string, string>

/** Replaces a reference by the value it has on this machine. */
export function resolveText(text: Text, values: Values): string {
  if (!(text instanceof Intrinsic)) return text
  if (text.name !== 'Sub') return valueOf(text.text, text, values)
  // `${!Name}` is how a template writes a literal `${Name}`.
  return text.text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) =>
    literal === '!' ? `\${${name}}` : valueOf(name.trim(), text, values),
  )
}

function valueOf(name: string, text: Intrinsic, values: Values): string {
  const value = values.get(name)
  if (value === undefined)
    throw new StartError(`serverless.yml: "${text.toString()}" names nothing that the local stack has.`)
  return value
}

const secretReference = /\{\{resolve:secretsmanager:(arn:[^:}]+(?::[^:}]+){5}|[^:}]+)\}\}/g

/** Replaces `{{resolve:secretsmanager:arn}}`, which CloudFormation does while it deploys. */
export function resolveSecrets(text: string, secretString: (id: string) => string): string {
  const resolved = text.replaceAll(secretReference, (_, id: string) => secretString(id))
  if (resolved.includes('{{')) throw new StartError(`serverless.yml: the local stack cannot resolve "${text}".`)
  return resolved
}
