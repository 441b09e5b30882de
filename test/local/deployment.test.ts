import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseDeployment, readDeployment } from '../../local/deployment/read-deployment.ts'
import { resolveSecrets, resolveText } from '../../local/deployment/references.ts'
import { functionEnvironment } from '../../local/lambda/environment.ts'

const ownFile = fileURLToPath(new URL('../../serverless.yml', import.meta.url))

const yaml = (functions = '{}', resources = '{}', more = '') => `
service: things
params: { default: { size: 3, color: blue } }
provider:
  name: aws
  region: us-east-1
  stage: dev
  timeout: 9
  httpApi:
    payload: '2.0'
    authorizers:
      callers:
        type: jwt
        identitySource: $request.header.Authorization
        issuerUrl: https://issuer.example
        audience: [things]
functions: ${functions}
resources: { Resources: ${resources} }
${more}
`
const parse = (text: string, params: Record<string, string> = {}) =>
  parseDeployment(text, { name: 'serverless.yml', params })
const withEvent = (event: string) => yaml(`{ worker: { handler: functions/worker.handler, events: [${event}] } }`)

test('readDeployment understands the whole serverless.yml of the gateway', async () => {
  const deployment = await readDeployment(ownFile, { leaseSeconds: '7' })

  const submit = deployment.functions.find(({ name }) => name === 'submit-profile-action')
  expect(submit).toMatchObject({
    handler: { module: 'functions/submit-profile-action', exported: 'handler' },
    timeout: 29,
    environment: { LEASE_SECONDS: '7', TABLE_NAME: { name: 'Ref', text: 'Table' } },
  })
  expect(submit?.routes).toContainEqual({
    method: 'POST',
    path: '/v1/devices/profile/actions/{action}',
    authorizer: { name: 'callers', scopes: [] },
  })
  const { resources } = deployment
  expect(resources.queues.get('SubmissionsQueue')?.RedrivePolicy).toMatchObject({
    deadLetterTargetArn: 'SubmissionsDeadLetters',
  })
  expect(resources.routes).toHaveLength(1)
  expect(resources.integrations.get('CallbackDoorIntegration')?.RequestParameters).toMatchObject({
    QueueUrl: 'CallbacksQueue',
    MessageAttributes: { accountName: { StringValue: '${request.path.accountName}' } },
  })
})

test('readDeployment finds the source of each trigger', async () => {
  const { functions } = await readDeployment(ownFile, {})

  const triggers = functions.map(({ name, routes, queues, streams, schedules }) => [
    name,
    routes.length > 0,
    queues.map(({ arn }) => arn),
    streams.map(({ arn }) => arn),
    schedules.map(({ everySeconds }) => everySeconds),
  ])
  expect(triggers).toEqual(
    expect.arrayContaining([
      ['retry-submission', false, ['SubmissionsQueue', 'BulkSubmissionsQueue'], [], []],
      ['record-callbacks', false, ['CallbacksQueue'], [], []],
      ['project-changes', false, [], ['Table'], []],
      ['sweep-due', false, [], [], [60]],
      ['keep-listener', false, ['ListenerChecksQueue'], [], [3600]],
    ]),
  )
})

test('readDeployment replaces parameters by their default or by a given value', () => {
  const text = yaml(
    '{ worker: { handler: a.b, environment: { COLOR: "${param:color}", BOTH: "${param:size}-${self:service}" } } }',
  )

  expect(parse(text).functions[0]?.environment).toEqual({ COLOR: 'blue', BOTH: '3-things' })
  expect(parse(text, { color: 'red' }).functions[0]?.environment).toEqual({ COLOR: 'red', BOTH: '3-things' })
})

test("readDeployment uses the provider's time-out for a function without one", () => {
  expect(parse(yaml('{ worker: { handler: a.b } }')).functions[0]?.timeout).toBe(9)
})

test('readDeployment merges the environment of YAML merge keys, including lists of them', () => {
  const text = yaml('{ worker: { handler: a.b, environment: { <<: [*one, *two], OWN: 3 } } }', '{}', '').replace(
    'functions:',
    'custom: { a: &one { A: 1 }, b: &two { B: 2 } }\nfunctions:',
  )

  expect(parse(text).functions[0]?.environment).toEqual({ A: '1', B: '2', OWN: '3' })
})

test.each<[string, string, string]>([
  ['an event type', withEvent('{ s3: { bucket: x } }'), 's3'],
  ['a member of an event', withEvent('{ schedule: { rate: rate(1 minute), input: {} } }'), 'schedule'],
  ['a cron schedule', withEvent('{ schedule: cron(0 12 * * ? *) }'), 'cron'],
  ['a member of a function', yaml('{ worker: { handler: a.b, layers: [] } }'), 'layers'],
  ['a member of the provider', yaml().replace('timeout: 9', 'vpc: {}'), 'vpc'],
  ['a top-level section', `${yaml()}\nlayers: {}`, 'layers'],
  ['an intrinsic', yaml('{}', '{ T: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Join [a] } } }'), 'Join'],
  ['a long intrinsic', yaml('{ worker: { handler: a.b, environment: { X: { "Fn::Join": [a] } } } }'), 'X.Fn::Join'],
  ['a parameter', yaml('{ worker: { handler: a.b, environment: { X: "${param:unknown}" } } }'), '${param:unknown}'],
  ['a variable source', yaml('{ worker: { handler: a.b, environment: { X: "${env:HOME}" } } }'), '${env:HOME}'],
  ['a resource type', yaml('{}', '{ Bucket: { Type: AWS::S3::Bucket } }'), 'AWS::S3::Bucket'],
  ['a queue property', yaml('{}', '{ Q: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } } }'), 'FifoQueue'],
  ['a queue that is not there', withEvent('{ sqs: { arn: !GetAtt Gone.Arn } }'), 'Gone'],
  [
    'an authorizer that is not there',
    withEvent('{ httpApi: { method: GET, path: /x, authorizer: { name: nobody } } }'),
    'nobody',
  ],
  ['text that is no YAML', 'service: [', 'line'],
])('readDeployment refuses what the stack does not support, by name: %s', (_, text, name) => {
  expect(() => parse(text)).toThrow(name)
})

test('readDeployment refuses a parameter that serverless.yml does not have', () => {
  expect(() => parse(yaml(), { shape: 'round' })).toThrow('"shape"')
})

test('readDeployment resolves references to local values', () => {
  const text = yaml(
    '{ w: { handler: a.b, environment: { A: !Ref T, B: !GetAtt T.Arn, C: !Sub "x-${T}-${!keep}-${T.Arn}" } } }',
  )
  const values = new Map([
    ['T', 'table'],
    ['T.Arn', 'arn'],
  ])

  expect(functionEnvironment(parse(text).functions, values)).toEqual({ A: 'table', B: 'arn', C: 'x-table-${keep}-arn' })
  expect(() => functionEnvironment(parse(text).functions, new Map())).toThrow('!Ref T')
})

test('readDeployment refuses a variable that two functions set differently', () => {
  const text = yaml('{ one: { handler: a.b, environment: { X: 1 } }, two: { handler: a.b, environment: { X: 2 } } }')

  expect(() => functionEnvironment(parse(text).functions, new Map())).toThrow('two sets X differently')
})

test('readDeployment resolves a secret in a route and refuses any other dynamic reference', () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Segment-local0'

  const secretOf = (id: string) => (id === arn ? 'hidden' : 'other')
  expect(resolveSecrets(`POST /callbacks/{{resolve:secretsmanager:${arn}}}/{a}`, secretOf)).toBe(
    'POST /callbacks/hidden/{a}',
  )
  expect(() => resolveSecrets('{{resolve:ssm:x}}', secretOf)).toThrow('{{resolve:ssm:x}}')
  expect(resolveText('as it is', new Map())).toBe('as it is')
})

describe('readDeployment evaluates conditions like CloudFormation', () => {
  const queueWith = (key: string) => `{ Queue: { Type: AWS::SQS::Queue, Properties: { KmsMasterKeyId: ${key} } } }`
  const conditional = (resources: string) =>
    yaml('{}', resources).replace(
      'resources: {',
      'resources: { Conditions: { IsBlue: !Equals ["${param:color}", blue], IsNot: !Not [!Equals ["${param:color}", blue]] },',
    )

  test('and replaces !If by the chosen value', () => {
    const text = conditional(queueWith('!If [IsBlue, key-a, !If [IsNot, key-b, key-c]]'))
    const keyOf = (params: Record<string, string>) => parse(text, params).resources.queues.get('Queue')?.KmsMasterKeyId
    expect([keyOf({}), keyOf({ color: 'red' })]).toEqual(['key-a', 'key-b'])
  })

  test('and removes the property for NoValue', () => {
    const text = conditional(queueWith('!If [IsBlue, !Ref AWS::NoValue, key]'))
    expect(parse(text).resources.queues.get('Queue')).not.toHaveProperty('KmsMasterKeyId')
  })

  test('and keeps a resource if its condition holds', () => {
    const text = conditional('{ Queue: { Type: AWS::SQS::Queue, Condition: IsNot } }')
    expect([...parse(text).resources.queues.keys()]).toEqual([])
    expect([...parse(text, { color: 'red' }).resources.queues.keys()]).toEqual(['Queue'])
  })

  test('and refuses an undefined condition by name', () => {
    expect(() => parse(conditional(queueWith('!If [IsGreen, a, b]')))).toThrow('there is no condition "IsGreen"')
  })
})

describe('readDeployment reads resources from other files', () => {
  const text = yaml('{}').replace('resources: { Resources: {} }', 'resources: [{ Resources: {} }, "${file(more.yml)}"]')
  const queue = 'Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: "${param:size}" } } }'

  test('including their parameters', () => {
    const { resources } = parseDeployment(text, { name: 'serverless.yml', params: {}, readText: () => queue })
    expect(resources.queues.get('Queue')?.DelaySeconds).toBe(3)
  })

  test('and refuses a name that is used twice', () => {
    const twice = text.replace('"${file(more.yml)}"', '"${file(more.yml)}", "${file(again.yml)}"')
    expect(() => parseDeployment(twice, { name: 'serverless.yml', params: {}, readText: () => queue })).toThrow(
      'Resources.Queue is defined twice',
    )
  })
})
