import { StartError } from '../start-error.ts'
import { Decision } from './conditions.ts'
import { Intrinsic } from './intrinsic.ts'

/** The values of `${param:x}`, `${self:service}` and `${sls:stage}`. */
export type Variables = { params: Readonly<Record<string, unknown>>; service: string; stage: string }

// Serverless variables have one colon. `${AWS::Region}` and `${Table.Arn}` belong to CloudFormation, and
// `${request.path.x}` belongs to API Gateway.
const variable = /\$\{([a-zA-Z]+)(?:\([^)]*\))?:(?!:)([^}]*)\}/g

/**
 * Replaces the variables of the Serverless Framework in a value and all its members. `path` is the place of the value in
 * the file. Throws `StartError` for an unknown variable.
 */
export function resolveVariables(value: unknown, variables: Variables, path = ''): unknown {
  if (typeof value === 'string') return resolveText(value, variables, path)
  if (value instanceof Intrinsic) return new Intrinsic(value.name, String(resolveText(value.text, variables, path)))
  if (value instanceof Decision) {
    return new Decision(
      value.name,
      value.parts.map((part, index) => resolveVariables(part, variables, `${path}[${index}]`)),
    )
  }
  if (Array.isArray(value)) return value.map((each, index) => resolveVariables(each, variables, `${path}[${index}]`))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => {
    const at = path === '' ? key : `${path}.${key}`
    if (key === 'Ref' || key.startsWith('Fn::')) {
      throw new StartError(`serverless.yml: the local stack does not support ${at}. Write !Ref, !GetAtt or !Sub.`)
    }
    return [key, resolveVariables(each, variables, at)]
  })
  return Object.fromEntries(entries)
}

function resolveText(text: string, variables: Variables, path: string): unknown {
  const whole = [...text.matchAll(variable)][0]
  // If the whole text is one variable, the value keeps its type: a number stays a number.
  if (whole !== undefined && whole[0] === text) {
    return valueOf({ written: text, source: whole[1], address: whole[2], path }, variables)
  }
  return text.replaceAll(variable, (written, source: string, address: string) =>
    String(valueOf({ written, source, address, path }, variables)),
  )
}

type Occurrence = { written: string; source: string | undefined; address: string | undefined; path: string }

function valueOf({ written, source, address, path }: Occurrence, { params, service, stage }: Variables): unknown {
  if (source === 'self' && address === 'service') return service
  if (source === 'sls' && address === 'stage') return stage
  if (source === 'param' && address !== undefined && Object.hasOwn(params, address)) return params[address]
  throw new StartError(`serverless.yml: the local stack does not support ${written} (in ${path}).`)
}
