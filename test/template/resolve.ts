import type { Resource, Template } from './template.ts'

// Evaluates the compiled template for a made-up account, as CloudFormation does. Any reference that cannot be resolved
// is an error. Values have the formats of AWS, so ARNs can be compared.

const region = 'us-east-1'
const account = '123456789012'
const pseudo: Readonly<Record<string, unknown>> = {
  'AWS::Region': region,
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'stack',
  'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/stack/1`,
  'AWS::NoValue': undefined,
}

type Values = { ref: string; attributes: Readonly<Record<string, string>> }

/** What Ref and GetAtt return, by type: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ */
function valuesOf(id: string, { Type }: Resource, named: string | undefined): Values {
  const name = named ?? `stack-${id}`
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`
  switch (Type) {
    case 'AWS::DynamoDB::Table':
      return {
        ref: name,
        attributes: {
          Arn: arn('dynamodb', `table/${name}`),
          StreamArn: arn('dynamodb', `table/${name}/stream/2026-11-26T00:00:00.000`),
        },
      }
    case 'AWS::SQS::Queue':
      return {
        ref: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
        attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: `https://sqs.${region}.amazonaws.com/${name}` },
      }
    case 'AWS::SNS::Topic':
      return { ref: arn('sns', name), attributes: { TopicArn: arn('sns', name), TopicName: name } }
    case 'AWS::SecretsManager::Secret':
      return { ref: arn('secretsmanager', `secret:${name}-a1b2c3`), attributes: {} }
    case 'AWS::IAM::Role':
      return { ref: name, attributes: { Arn: `arn:aws:iam::${account}:role/${name}` } }
    case 'AWS::Lambda::Function':
      return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } }
    case 'AWS::Logs::LogGroup':
      return { ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } }
    case 'AWS::Events::Rule':
      return { ref: name, attributes: { Arn: arn('events', `rule/${name}`) } }
    case 'AWS::S3::Bucket':
      return { ref: name.toLowerCase(), attributes: { Arn: `arn:aws:s3:::${name.toLowerCase()}` } }
    case 'AWS::ApiGatewayV2::DomainName':
      return { ref: name, attributes: { RegionalDomainName: `d-1.execute-api.${region}.amazonaws.com` } }
    default:
      return { ref: name, attributes: {} }
  }
}

export type Resolved = {
  resources: Readonly<Record<string, Resource>>
  outputs: Readonly<Record<string, unknown>>
  /** The ARN of each resource that has one. */
  arns: ReadonlySet<string>
  faults: readonly string[]
}

const nameProperties = ['FunctionName', 'LogGroupName', 'TableName', 'QueueName', 'TopicName', 'RoleName', 'BucketName']

/** The template with every reference replaced by its value, for the given parameters, and what could not be resolved. */
export function resolveTemplate(template: Template, parameters: Readonly<Record<string, string>>): Resolved {
  const faults: string[] = []
  const given = Object.fromEntries(
    Object.entries(template.Parameters).map(([id, { Default }]) => [id, parameters[id] ?? Default]),
  )
  const conditions = new Map<string, boolean>()
  const holds = (id: string, where: string): boolean => {
    const known = conditions.get(id)
    if (known !== undefined) return known
    if (!Object.hasOwn(template.Conditions, id)) faults.push(`${where}: there is no condition ${id}`)
    const value = resolve(template.Conditions[id], `Conditions.${id}`) === true
    conditions.set(id, value)
    return value
  }
  const isPresent = (id: string) => {
    const { Condition } = template.Resources[id] ?? {}
    return Condition === undefined || holds(Condition, id)
  }
  const valuesAt = (id: string, where: string): Values | undefined => {
    const resource = template.Resources[id]
    if (resource === undefined || !isPresent(id)) {
      faults.push(`${where}: there is no ${id}${resource === undefined ? '' : ' under these conditions'}`)
      return undefined
    }
    const written: unknown = nameProperties.map((property) => resource.Properties[property] as unknown).find(Boolean)
    return valuesOf(id, resource, typeof written === 'string' ? written : undefined)
  }
  const ref = (id: string, where: string): unknown => {
    if (Object.hasOwn(pseudo, id)) return pseudo[id]
    if (Object.hasOwn(given, id)) return given[id]
    return valuesAt(id, where)?.ref
  }
  const attribute = (id: string, name: string, where: string): unknown => {
    const values = valuesAt(id, where)
    if (values !== undefined && !Object.hasOwn(values.attributes, name)) faults.push(`${where}: ${id} has no ${name}`)
    return values?.attributes[name]
  }
  const substituted = (text: string, own: Readonly<Record<string, unknown>>, where: string): string =>
    text.replaceAll(/\$\{([^!}][^}]*)\}/g, (_, written: string) => {
      if (Object.hasOwn(own, written)) return String(own[written])
      const [id = '', ...rest] = written.split('.')
      return String(rest.length === 0 ? ref(id, where) : attribute(id, rest.join('.'), where))
    })

  function resolve(value: unknown, where: string): unknown {
    if (Array.isArray(value)) {
      return value.map((each, index) => resolve(each, `${where}[${index}]`)).filter((each) => each !== undefined)
    }
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value)
    const [name, argument] = entries[0] ?? ['', undefined]
    const isIntrinsic =
      name === 'Ref' || name.startsWith('Fn::') || (name === 'Condition' && typeof argument === 'string')
    if (entries.length === 1 && isIntrinsic) return call(name, argument, where)
    if (entries.some(([key]) => key === 'Ref' || key.startsWith('Fn::')))
      faults.push(`${where}: several functions at once`)
    return Object.fromEntries(
      entries
        .map(([key, each]) => [key, resolve(each, `${where}.${key}`)] as const)
        .filter(([, each]) => each !== undefined),
    )
  }

  function call(name: string, argument: unknown, where: string): unknown {
    const list = (Array.isArray(argument) ? argument : [argument]) as unknown[]
    switch (name) {
      case 'Ref':
        return ref(String(argument), where)
      case 'Fn::GetAtt': {
        const [id = '', ...rest] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.')
        return attribute(id, rest.join('.'), where)
      }
      case 'Fn::Sub': {
        const own = resolve(list[1] ?? {}, where) as Record<string, unknown>
        return substituted(String(list[0]), own, where)
      }
      case 'Fn::Join':
        return (resolve(list[1], where) as unknown[]).map(String).join(String(list[0]))
      case 'Fn::If':
        return resolve(holds(String(list[0]), where) ? list[1] : list[2], where)
      case 'Fn::Equals':
        return String(resolve(list[0], where)) === String(resolve(list[1], where))
      case 'Fn::Not':
        return resolve(list[0], where) !== true
      case 'Fn::And':
        return list.every((each) => resolve(each, where) === true)
      case 'Fn::Or':
        return list.some((each) => resolve(each, where) === true)
      case 'Condition':
        return holds(String(argument), where)
      default:
        faults.push(`${where}: this test does not know ${name}`)
        return undefined
    }
  }

  const present = Object.entries(template.Resources).filter(([id]) => isPresent(id))
  const resources = Object.fromEntries(
    present.map(([id, resource]) => {
      for (const other of [resource['DependsOn'] ?? []].flat() as string[]) valuesAt(other, `${id}.DependsOn`)
      const Properties = resolve(resource.Properties, id) as Resource['Properties']
      return [id, { ...resource, Properties }]
    }),
  )
  const outputs = Object.fromEntries(
    Object.entries(template.Outputs as Record<string, { Condition?: string }>)
      .filter(([id, { Condition }]) => Condition === undefined || holds(Condition, `Outputs.${id}`))
      .map(([id, { Condition: _own, ...output }]) => [id, resolve(output, `Outputs.${id}`)]),
  )
  const arns = present.flatMap(([id]) => {
    const values = valuesAt(id, id)
    return [values?.ref ?? '', ...Object.values(values?.attributes ?? {})].filter((text) => text.startsWith('arn:'))
  })
  return { resources, outputs, arns: new Set(arns), faults }
}
