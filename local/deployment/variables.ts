import { StartError } from '../start-error.ts'
import { Decision } from './conditions.ts'
import { Intrinsic } from './intrinsic.ts'

/** What `${param:x}`, `${self:service}` and `${sls:stage}` stand for. */
export type Variables = { params: Readonly<Record<string, unknown>>; service: string; stage: string }

// One colon: `${AWS::Region}` and `${Table.Arn}` are CloudFormation's, `${request.path.x}` is API Gateway's.
const variable = /\$\{([a-zA-Z]+)(?:\([^)]*\))?:(?!:)([^}]*)\}/g

/** Replaces the Serverless Framework's variables everywhere; one that is not known is an error that names it. */
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
      throw new StartError(`serverless.yml: ${at} is not understood locally: write !Ref, !GetAtt or !Sub.`)
    }
    return [key, resolveVariables(each, variables, at)]
  })
  return Object.fromEntries(entries)
}

function resolveText(text: string, variables: Variables, path: string): unknown {
  const whole = [...text.matchAll(variable)][0]
  // A parameter that is the whole text keeps its type: a number stays a number.
  if (whole !== undefined && whole[0] === text) return valueOf(text, whole[1], whole[2], variables, path)
  return text.replaceAll(variable, (written, source: string, address: string) =>
    String(valueOf(written, source, address, variables, path)),
  )
}

function valueOf(
  written: string,
  source: string | undefined,
  address: string | undefined,
  { params, service, stage }: Variables,
  path: string,
): unknown {
  if (source === 'self' && address === 'service') return service
  if (source === 'sls' && address === 'stage') return stage
  if (source === 'param' && address !== undefined && Object.hasOwn(params, address)) return params[address]
  throw new StartError(`serverless.yml: the local stack does not know ${written} (in ${path}).`)
}
