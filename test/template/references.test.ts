import { describe, expect, test } from 'vitest'
import { resolveTemplate } from './resolve.ts'
import { packageTemplate, type Template } from './template.ts'

const template = await packageTemplate()

const withEverything = {
  AlarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:on-call',
  KmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
  SubmitConcurrency: '100',
  Tracing: 'Active',
}
const restoredStream = 'arn:aws:dynamodb:us-east-1:123456789012:table/restored/stream/2026-11-29T10:00:00.000'
const withExistingTable = { ExistingTableName: 'restored', ExistingTableStreamArn: restoredStream }
const stages = [
  ['with its defaults', {}],
  ['with a key, a domain, an alarm topic and tracing', withEverything],
  ['on an existing table', withExistingTable],
  ['without reserved concurrency', { SubmitConcurrency: '0' }],
] as const

type Statement = { Effect: string; Action: string | string[]; Resource: string | string[] }

/** Every text in a value. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsIn)
      : []

describe.each(stages)('a stack %s', (_, parameters) => {
  const { resources, outputs, arns, faults } = resolveTemplate(template, parameters)
  const all = Object.entries(resources)
  const ofType = (type: string) => all.filter(([, { Type }]) => Type === type)
  /** ARNs that parameters bring from outside the stack. */
  const outside = new Set(
    Object.values(parameters)
      .filter((value) => value.startsWith('arn:'))
      .flatMap((arn) => [arn, arn.replace(/\/stream\/.+$/, '')]),
  )

  const exists = (arn: string) => arns.has(arn) || outside.has(arn)

  test('resolves every Ref, GetAtt, Sub, Join, condition and dependency', () => {
    expect(faults).toEqual([])
    expect(Object.keys(outputs).length).toBeGreaterThan(10)
    const left = textsIn([resources, outputs]).filter((text) =>
      /undefined|\[object|\$\{(?!request\.|context\.|stageVariables)/.test(text),
    )
    expect(left).toEqual([])
  })

  test('allows its roles only what exists, in the service that the action names', () => {
    const indexes = ofType('AWS::DynamoDB::Table').flatMap(([, { Properties }]) =>
      (Properties['GlobalSecondaryIndexes'] as { IndexName: string }[]).map(({ IndexName }) => `/index/${IndexName}`),
    )
    const isOf = (arn: string): boolean => {
      if (exists(arn)) return true
      const part = ['/stream/*', ...indexes].find((suffix) => arn.endsWith(suffix))
      return part !== undefined && exists(arn.slice(0, -part.length))
    }
    let checked = 0
    for (const [id, { Properties }] of ofType('AWS::IAM::Role')) {
      const policies = Properties['Policies'] as { PolicyDocument: { Statement: Statement[] } }[]
      for (const { Action, Resource } of policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)) {
        const services = new Set([Action].flat().map((action) => action.split(':')[0]))
        for (const arn of [Resource].flat()) {
          checked += 1
          const isTracing = arn === '*' && [...services].join() === 'xray'
          expect([id, arn, isTracing || isOf(arn)]).toEqual([id, arn, true])
          expect([id, arn, [...services]]).toEqual([id, arn, [isTracing ? 'xray' : arn.split(':')[2]]])
        }
      }
    }
    expect(checked).toBeGreaterThan(30)
  })

  test('gives each function a role, a log group of its name, and permission to its triggers', () => {
    const groups = new Set(
      ofType('AWS::Logs::LogGroup').map(([, { Properties }]) => String(Properties['LogGroupName'])),
    )
    const roles = new Set(ofType('AWS::IAM::Role').map(([id]) => `arn:aws:iam::123456789012:role/stack-${id}`))
    for (const [, { Properties }] of ofType('AWS::Lambda::Function')) {
      expect(groups).toContain(`/aws/lambda/${String(Properties['FunctionName'])}`)
      expect(roles).toContain(Properties['Role'])
    }
    const invoked = [
      ...ofType('AWS::ApiGatewayV2::Integration').map(([, { Properties }]) => Properties['IntegrationUri'] as unknown),
      ...ofType('AWS::Events::Rule').flatMap(([, { Properties }]) =>
        (Properties['Targets'] as { Arn: string }[]).map(({ Arn }) => Arn as unknown),
      ),
    ].filter((uri) => uri !== undefined)
    const permitted = new Set(
      ofType('AWS::Lambda::Permission').map(([, { Properties }]) => Properties['FunctionName'] as unknown),
    )
    expect(invoked.filter((uri) => !permitted.has(uri) || typeof uri !== 'string' || !arns.has(uri))).toEqual([])
    expect(invoked.length).toBeGreaterThan(5)
    for (const [id, { Properties }] of ofType('AWS::Lambda::EventSourceMapping')) {
      for (const end of ['EventSourceArn', 'FunctionName']) {
        expect([id, exists(String(Properties[end]))]).toEqual([id, true])
      }
    }
  })

  test('names no ARN of its own account that does not exist', () => {
    const named = textsIn([resources, outputs]).filter((text) =>
      /^arn:aws:(sqs|sns|lambda|secretsmanager|dynamodb):/.test(text),
    )
    const unknown = named.filter((arn) => !exists(arn) && !/\/(stream\/\*|index\/\w+)$/.test(arn))
    expect(unknown).toEqual([])
    expect(named.length).toBeGreaterThan(30)
  })
})

test('a stack on an existing table uses its own table nowhere, but keeps it', () => {
  const { resources, outputs } = resolveTemplate(template, withExistingTable)
  const { Table: own, ...others } = resources
  const ofOwn = (value: unknown) => textsIn(value).filter((text) => /\bstack-Table\b/.test(text))
  const usual = resolveTemplate(template, {})

  expect(own).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
  expect(ofOwn([others, outputs])).toEqual([])
  expect(ofOwn([usual.resources, usual.outputs]).length).toBeGreaterThan(30)
  expect(outputs['TableName']).toEqual({ Value: 'restored' })
  const mappings = Object.values(others).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping')
  expect(mappings.map(({ Properties }) => Properties['EventSourceArn'] as unknown)).toContain(restoredStream)
})

test('the check of references finds each kind of broken one', () => {
  const resource = (Properties: object, more: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties, ...more })
  const broken: Template = {
    path: '',
    Parameters: {},
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    Outputs: { Lost: { Value: { Ref: 'Gone' } } },
    Resources: {
      Absent: resource({}, { Condition: 'Never' }),
      One: resource({ a: { Ref: 'Absent' }, b: { 'Fn::GetAtt': ['One', 'Colour'] } }, { DependsOn: 'Missing' }),
      Two: resource({
        c: { 'Fn::Sub': '${Nothing.Arn}' },
        d: { 'Fn::If': ['Unknown', 1, 2] },
        e: { 'Fn::Select': [0, []] },
      }),
    },
  }
  expect(resolveTemplate(broken, {}).faults).toEqual([
    'One.DependsOn: there is no Missing',
    'One.a: there is no Absent under these conditions',
    'One.b: One has no Colour',
    'Two.c: there is no Nothing',
    'Two.d: there is no condition Unknown',
    'Two.e: this test does not know Fn::Select',
    'Outputs.Lost.Value: there is no Gone',
  ])
})
