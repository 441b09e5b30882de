import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect, promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { slices } from '../../lib/environment-slices.ts'
import { routeKeys, scopeOf } from '../../lib/http/access/route-scopes.ts'
import { sweepsSideBySide } from '../../lib/profile/sweep/share.ts'
import { credentialStore } from '../../lib/store/credentials/credentials.ts'
import { createStore } from '../../lib/store/store.ts'
import { sealTokens } from '../../lib/thingspace/credentials/sealed-tokens.ts'
import { createFakeDynamoDb } from '../fakes/dynamodb/fake.ts'
import { readDashboard } from './dashboard.ts'
import {
  actionsInFile,
  grantsOf,
  needsOf,
  statementsOf,
  type Statement,
  storeFiles,
  storeMethods,
  wordsOf,
} from './permissions.ts'
import { allOn, decided, functionsOf, ofType, packageTemplate, type Resource, root, sourcesOf } from './template.ts'

const template = await packageTemplate()
const functions = functionsOf(template)
const named = functions.map((deployed) => [deployed.name, deployed] as const)
const resource = (id: string): Resource => {
  const found = template.Resources[id]
  if (found === undefined) throw new Error(`the template has no ${id}`)
  return found
}
const alarms = ofType(template, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]): Resource['Properties'] => ({
  id,
  ...Properties,
}))
const queues = ofType(template, 'AWS::SQS::Queue')
const routes = ofType(template, 'AWS::ApiGatewayV2::Route')

test('cfn-lint finds no error in the template', async ({ skip }) => {
  const lint = promisify(execFile)('cfn-lint', ['--format', 'parseable', '--', template.path])
  const outcome = await lint.catch((error: { code?: unknown; stdout?: string }) => error)
  if ('code' in outcome && outcome.code === 'ENOENT')
    skip('cfn-lint is not installed. CONTRIBUTING.md says how to install it.')
  const findings = (outcome.stdout ?? '').split('\n').filter((line) => line !== '')
  // W3005: osls declares dependencies that references imply already.
  expect(findings.filter((line) => !line.includes(':W3005:'))).toEqual([])
}, 180_000)

/** The queue whose messages hold no work: each asks for one run of keep-listener, which runs hourly anyway. */
const asksOnly = 'ListenerChecksQueue'

describe('the alarms of the template', () => {
  test.each(named)('watch errors and throttles of %s', (_, { logicalId }) => {
    const watched = alarms
      .filter(({ Dimensions }) => JSON.stringify(Dimensions ?? '').includes(`{"Ref":"${logicalId}"}`))
      .map(({ MetricName }) => MetricName as unknown)
    expect(watched).toEqual(expect.arrayContaining(['Errors', 'Throttles']))
  })

  test.each(alarms)('include $id with its meaning, its section of docs/operations.md and its recipients', (alarm) => {
    expect(alarm['AlarmDescription']).toMatch(/\. See docs\/operations\.md, [\w ]+\.$/)
    expect(alarm['AlarmName']).toMatch(/^thingspace-profile-gateway-dev-[a-z-]+$/)
    expect(alarm['Threshold']).toBeGreaterThan(0)
    expect(alarm['TreatMissingData']).toMatch(/^(notBreaching|breaching|ignore)$/)
    expect(decided(alarm, allOn)).toMatchObject({
      AlarmActions: [{ Ref: 'AlarmTopicArn' }],
      OKActions: [{ Ref: 'AlarmTopicArn' }],
    })
    expect(decided(alarm, {})).not.toHaveProperty('AlarmActions')
  })

  test('have a section each in docs/operations.md', () => {
    const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')
    const headings = new Set([...page.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading))
    const wanted = alarms.map(
      ({ AlarmDescription }) => /operations\.md, ([\w ]+)\./.exec(String(AlarmDescription))?.[1],
    )
    expect(wanted.filter((section) => !headings.has(section))).toEqual([])
  })

  test('watch every dead-letter queue and the age of the messages in every other queue', () => {
    const watchedBy = (metric: string) =>
      alarms
        .filter(({ MetricName }) => MetricName === metric)
        .map(({ Dimensions }) => String(Dimensions[0].Value['Fn::GetAtt'][0]))
        .toSorted()
    const ids = queues
      .map(([id]) => id)
      .filter((id) => id !== asksOnly)
      .toSorted()
    expect(watchedBy('ApproximateNumberOfMessagesVisible')).toEqual(ids.filter((id) => id.endsWith('DeadLetters')))
    expect(watchedBy('ApproximateAgeOfOldestMessage')).toEqual(ids.filter((id) => !id.endsWith('DeadLetters')))
  })

  test('and the dashboard refer only to existing resources and metrics', () => {
    const body = readDashboard(resource('Dashboard').Properties['DashboardBody'])
    expect(body.references.filter((id) => !Object.hasOwn(template.Resources, id))).toEqual([])
    expect(body.unknownMetrics).toEqual([])
    expect(body.widgets).toBeGreaterThan(15)
  })
})

describe('the times in the template', () => {
  const apiGatewaySeconds = 30
  const budgetOf = (name: string): number =>
    Number(
      /(?:budget|sweep)Milliseconds: ([\d_]+)/
        .exec(readFileSync(join(root, `functions/${name}.ts`), 'utf8'))?.[1]
        ?.replace('_', ''),
    ) / 1000
  const timeoutOf = (name: string): number => {
    const found = functions.find((deployed) => deployed.name === name)
    return Number(found?.properties['Timeout'])
  }
  const lease = Number(
    functions.find(({ name }) => name === 'retry-submission')?.properties['Environment'].Variables.LEASE_SECONDS,
  )

  test('nest for the queue: attempt < function time-out < lease < visibility time-out', () => {
    expect(budgetOf('retry-submission')).toBeLessThan(timeoutOf('retry-submission'))
    expect(timeoutOf('retry-submission')).toBeLessThan(lease)
    expect(lease).toBeLessThan(Number(resource('SubmissionsQueue').Properties['VisibilityTimeout']))
  })

  test('include the longest of the functions that send submissions, as a variable', () => {
    const senders = functions.filter(({ name }) => !Number.isNaN(budgetOf(name)) && name !== 'sweep-due')
    expect(senders.map(({ name }) => name).toSorted()).toEqual(['retry-submission', 'submit-profile-action'])
    const told = functions.map(
      ({ properties }) => properties['Environment'].Variables.ATTEMPT_TIMEOUT_SECONDS as unknown,
    )
    const longest = Math.max(...senders.map(({ name }) => timeoutOf(name)))
    expect(new Set(told.filter((seconds) => seconds !== undefined))).toEqual(new Set([String(longest)]))
  })

  test('allow no lease as long as the visibility time-out of the queue', () => {
    const visibility = Number(resource('SubmissionsQueue').Properties['VisibilityTimeout'])
    const isTaken = (seconds: number) => slices.protocol().shape.LEASE_SECONDS.safeParse(String(seconds)).success
    expect([isTaken(visibility - 1), isTaken(visibility)]).toEqual([true, false])
  })

  test('nest for the API: attempt < function time-out < time-out of API Gateway', () => {
    expect(budgetOf('submit-profile-action')).toBeLessThan(timeoutOf('submit-profile-action'))
    expect(timeoutOf('submit-profile-action')).toBeLessThan(lease)
    const routed = JSON.stringify(ofType(template, 'AWS::ApiGatewayV2::Integration'))
    const slow = functions.filter(
      ({ name, logicalId }) => routed.includes(`"${logicalId}"`) && timeoutOf(name) >= apiGatewaySeconds,
    )
    expect(slow).toEqual([])
  })

  test('nest for the sweep: loop < one minute; its share < function time-out < the next sweep with this share', () => {
    const [, share = ''] =
      /shareMilliseconds: ([\d_]+)/.exec(readFileSync(join(root, 'functions/sweep-due.ts'), 'utf8')) ?? []
    const shareSeconds = Number(share.replace('_', '')) / 1000
    expect(budgetOf('sweep-due')).toBeLessThan(60)
    expect(budgetOf('sweep-due')).toBeLessThan(shareSeconds)
    // The item that begins last may wait 18 s for a table that does not answer.
    expect(shareSeconds + 18).toBeLessThanOrEqual(timeoutOf('sweep-due'))
    expect(timeoutOf('sweep-due')).toBeLessThan(sweepsSideBySide * 60)
  })

  test.each(named)('hide a message for %s for six times its time-out', (_, deployed) => {
    for (const { EventSourceArn } of sourcesOf(template, deployed)) {
      const queue = template.Resources[String(EventSourceArn['Fn::GetAtt'][0])]
      if (queue?.Type !== 'AWS::SQS::Queue') continue
      expect(queue.Properties['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * timeoutOf(deployed.name))
    }
  })
})

describe('an event source', () => {
  const sources = ofType(template, 'AWS::Lambda::EventSourceMapping')
  const isOfWork = ({ Properties }: (typeof sources)[number][1]) =>
    !JSON.stringify(Properties['EventSourceArn']).includes(asksOnly)
  test.each(sources.filter(([, source]) => isOfWork(source)))(
    'such as %s reports failures one by one and has limited concurrency',
    (_, { Properties }) => {
      expect(Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures'])
      const most: unknown = Properties['ScalingConfig']?.MaximumConcurrency ?? Properties['ParallelizationFactor']
      expect(most).toBeGreaterThan(0)
    },
  )

  test('of work messages exists for each lane, with one message at a time and a concurrency of its own', () => {
    const lanes = sources.filter(([, { Properties }]) => JSON.stringify(Properties['FunctionName']).includes('Retry'))
    const of = (queue: string) => ({
      EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    })
    expect(lanes.map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining(of('SubmissionsQueue')),
      expect.objectContaining(of('BulkSubmissionsQueue')),
    ])
    expect(resource('BulkSubmissionsQueue').Properties).toEqual(resource('SubmissionsQueue').Properties)
  })

  test('sends what fails permanently to a dead-letter queue after several attempts', () => {
    for (const [id, { Properties }] of queues.filter(([name]) => !name.endsWith('DeadLetters') && name !== asksOnly)) {
      const { maxReceiveCount, deadLetterTargetArn } = Properties['RedrivePolicy']
      expect([id, maxReceiveCount >= 5]).toEqual([id, true])
      expect(queues.map(([name]) => name)).toContain(deadLetterTargetArn['Fn::GetAtt'][0])
    }
    // What only asks for a run of an hourly job may be lost, and expires instead.
    expect(resource(asksOnly).Properties['MessageRetentionPeriod']).toBeLessThanOrEqual(600)
    const stream = sources.find(([, { Properties }]) => JSON.stringify(Properties['EventSourceArn']).includes('Table'))
    expect(stream?.[1].Properties['DestinationConfig'].OnFailure.Destination['Fn::GetAtt'][0]).toBe(
      'ChangesDeadLetters',
    )
    expect(stream?.[1].Properties['MaximumRetryAttempts']).toBeGreaterThanOrEqual(5)
  })
})

/** Whether a statement is about the audit's partitions only. */
const isOfAudit = ({ Condition }: Statement): boolean => {
  const { 'ForAllValues:StringLike': only } = Object(Condition) as Record<string, unknown>
  return JSON.stringify(only) === JSON.stringify({ 'dynamodb:LeadingKeys': ['AUDIT#*'] })
}

describe('the permissions', () => {
  test.each(named)('of %s are exactly those that its code and its triggers need', async (_, deployed) => {
    expect(wordsOf(grantsOf(deployed, template))).toEqual(wordsOf(await needsOf(deployed, template)))
  })

  test('are derived from a table that matches lib/store', () => {
    for (const file of storeFiles) {
      const told = Object.values(storeMethods).filter((method) => method.file === file)
      expect([file, [...actionsInFile(file)].toSorted()]).toEqual([
        file,
        [...new Set(told.flatMap(({ actions }) => actions))].toSorted(),
      ])
    }
    const store = createStore({
      client: { send: () => Promise.reject(new Error()) },
      tableName: '',
      retainSeconds: 1,
      clock: () => 0,
      sleep: async () => undefined,
      random: () => 0,
    })
    expect(Object.keys(store).filter((method) => !Object.hasOwn(storeMethods, method))).toEqual([])
  })

  test('contain no wildcard except the listed ones', () => {
    const roles = ofType(template, 'AWS::IAM::Role').map(([id]) => id)
    expect(roles).toHaveLength(functions.length + 1)
    const wild = functions.flatMap((deployed) =>
      statementsOf(deployed, template, allOn).flatMap(({ Action, Resource: on }) =>
        [Action]
          .flat()
          .filter((action) => action.includes('*') || JSON.stringify(on).includes('*'))
          .map((action) => `${action} on ${JSON.stringify(on).replace(/.*(:\*|\/stream\/\*|"\*").*/, '$1')}`),
      ),
    )
    expect([...new Set(wild)].toSorted()).toEqual([
      'dynamodb:ListStreams on /stream/*',
      'logs:CreateLogStream on :*',
      'logs:PutLogEvents on :*',
      'xray:PutTelemetryRecords on "*"',
      'xray:PutTraceSegments on "*"',
    ])
    expect(JSON.stringify(resource('CallbackDoorRole').Properties)).not.toContain('*')
  })

  test.each(named)("of %s include ThingSpace's tokens only if it calls ThingSpace", (_, deployed) => {
    const hasBusiness = 'THINGSPACE_SECRET_ID' in deployed.properties['Environment'].Variables
    const onTable = statementsOf(deployed, template).filter(({ Action }) =>
      [Action].flat().some((action) => /^dynamodb:\w+Item|^dynamodb:Query/.test(action)),
    )
    for (const { Condition } of onTable.filter((statement) => !isOfAudit(statement))) {
      const { 'ForAllValues:StringNotLike': excluded } = Object(Condition) as Record<string, unknown>
      const { 'dynamodb:LeadingKeys': keys = [] } = Object(excluded) as Record<string, string[]>
      expect(keys.includes('SESSION#*')).toBe(!hasBusiness)
    }
  })

  test.each(named)('of %s let it add to the audit at most, and change no entry', (_, deployed) => {
    const onTable = statementsOf(deployed, template).filter(({ Action }) =>
      [Action].flat().some((action) => /^dynamodb:\w+Item|^dynamodb:Query/.test(action)),
    )
    for (const { Condition } of onTable.filter((statement) => !isOfAudit(statement))) {
      const { 'ForAllValues:StringNotLike': excluded } = Object(Condition) as Record<string, unknown>
      const { 'dynamodb:LeadingKeys': keys = [] } = Object(excluded) as Record<string, string[]>
      expect(keys).toContain('AUDIT#*')
    }
    const onAudit = onTable.filter(isOfAudit).flatMap(({ Action }) => Action)
    const mayRead = deployed.name === 'operate-gateway' ? ['dynamodb:Query'] : []
    expect(['dynamodb:PutItem', ...mayRead]).toEqual(expect.arrayContaining(onAudit))
  })

  test('of record-callbacks include no read of the table and no write that returns the item', () => {
    const recorder = functions.find(({ name }) => name === 'record-callbacks')
    const onTable = (recorder === undefined ? [] : statementsOf(recorder, template)).filter(({ Action }) =>
      [Action].flat().some((action) => action.startsWith('dynamodb:')),
    )
    expect(onTable.flatMap(({ Action }) => Action)).toEqual(['dynamodb:UpdateItem'])
    for (const { Condition } of onTable) {
      expect(Condition).toMatchObject({ StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' } })
    }
  })

  test("to read the table's stream or an index reveal no token that can be decrypted", async () => {
    const readers = functions.filter((deployed) =>
      grantsOf(deployed, template).some(({ action }) => action === 'dynamodb:GetRecords'),
    )
    expect(readers.map(({ name }) => name)).toEqual(['project-changes'])
    for (const reader of readers) {
      expect(grantsOf(reader, template).map(({ resource: on }) => on)).not.toContain('ThingSpaceSecret')
    }

    const definition = resource('Table').Properties
    const client = createFakeDynamoDb({
      tables: [{ ...definition, TableName: 'table' }],
      now: Date.now,
    })
    const secret = { oauthKey: 'key', oauthSecret: 'oauth-secret', username: 'user', password: 'password' }
    const sealed = sealTokens(
      credentialStore({
        client,
        tableName: 'table',
        retainSeconds: 1,
        clock: Date.now,
        sleep: async () => undefined,
        random: Math.random,
      }),
      {
        thingSpaceSecret: async () => secret,
      },
    )
    const tokens = { accessToken: 'bearer-sentinel', accessTokenExpiresAt: 1, sessionToken: 'session-sentinel' }
    await sealed.takeLease('default', { epoch: 0, leaseUntil: 10, now: 1 })
    await sealed.save('default', 0, { epoch: 1, failedLogins: 0, ...tokens })
    await sealed.save('default', 1, { epoch: 2, failedLogins: 2, ...tokens })
    expect(await sealed.read('default')).toMatchObject(tokens)
    expect(client.stream.changes.length).toBeGreaterThanOrEqual(3)
    expect(inspect(client.stream.changes, { depth: null })).not.toContain('sentinel')

    const indexes = definition['GlobalSecondaryIndexes'] as {
      KeySchema: { AttributeName: string }[]
      Projection: { ProjectionType: string }
    }[]
    for (const { KeySchema, Projection } of indexes) {
      expect(Projection.ProjectionType).toBe('KEYS_ONLY')
      for (const item of client.snapshot()) expect(KeySchema.every((key) => key.AttributeName in item)).toBe(false)
    }
  })

  test('for a customer managed key apply only through the services that store our data', () => {
    const isKms = ({ Action }: Statement) => [Action].flat().some((action) => action.startsWith('kms:'))
    for (const deployed of functions) {
      const holdsOurs = Object.keys(deployed.properties['Environment'].Variables as object).includes('TABLE_NAME')
      const statements = statementsOf(deployed, template, allOn).filter(isKms)
      expect([deployed.name, statements.length]).toEqual([deployed.name, holdsOurs ? 1 : 0])
      for (const { Resource: key, Condition } of statements) {
        expect(key).toEqual({ Ref: 'KmsKeyArn' })
        expect(Condition).toMatchObject({ StringEquals: { 'kms:ViaService': expect.any(Array) as unknown } })
      }
      expect(statementsOf(deployed, template).filter(isKms)).toEqual([])
    }
  })
})

describe('stored data', () => {
  test('is encrypted everywhere, with the customer managed key if there is one', () => {
    const key = { Ref: 'KmsKeyArn' }
    for (const [id, { Properties }] of queues) {
      expect([id, decided(Properties, {})]).toMatchObject([id, { SqsManagedSseEnabled: true }])
      expect([id, decided(Properties, allOn)]).toMatchObject([id, { KmsMasterKeyId: key }])
      expect(decided(Properties, allOn)).not.toHaveProperty('SqsManagedSseEnabled')
    }
    for (const [, { Properties }] of ofType(template, 'AWS::SecretsManager::Secret')) {
      expect(decided(Properties, allOn)).toMatchObject({ KmsKeyId: key })
    }
    for (const [id, { Properties }] of ofType(template, 'AWS::Logs::LogGroup')) {
      expect([id, decided(Properties, allOn)]).toMatchObject([id, { KmsKeyId: key, RetentionInDays: 30 }])
    }
    const table = resource('Table').Properties
    expect(decided(table, {})).toMatchObject({ SSESpecification: { SSEEnabled: true } })
    expect(decided(table, allOn)).toMatchObject({ SSESpecification: { SSEEnabled: true, KMSMasterKeyId: key } })
    const topic = resource('EventsTopic').Properties
    expect(decided(topic, {})).toMatchObject({ KmsMasterKeyId: 'alias/aws/sns' })
    expect(decided(topic, allOn)).toMatchObject({ KmsMasterKeyId: key })
  })

  test('is retained when the stack is deleted', () => {
    const kept = Object.entries(template.Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
    expect(kept.map(([id]) => id).toSorted()).toEqual([
      'CallbackSegmentSecret',
      'CallbacksDeadLetters',
      'CallbacksQueue',
      'ListenerSecret',
      'Table',
      'ThingSpaceSecret',
    ])
    for (const [, { UpdateReplacePolicy }] of kept) expect(UpdateReplacePolicy).toBe('Retain')
    expect(resource('Table').Properties).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { Enabled: true },
    })
  })

  test('has logs that are kept for a month by default', () => {
    const groups = ofType(template, 'AWS::Logs::LogGroup')
    expect(groups).toHaveLength(functions.length + 1)
  })
})

describe('the events topic', () => {
  const policy = resource('EventsTopicPolicy')

  test('has a policy of its own only if consumer accounts are named', () => {
    expect(policy.Condition).toBe('HasEventConsumers')
  })

  test('lets the named accounts subscribe queues, and nothing else', () => {
    const [own, ...others] = (policy.Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] }).Statement
    expect(others).toEqual([
      {
        Sid: 'ConsumersSubscribeQueues',
        Effect: 'Allow',
        Principal: { AWS: { 'Fn::Split': [',', { Ref: 'EventConsumerAccounts' }] } },
        Action: 'sns:Subscribe',
        Resource: { Ref: 'EventsTopic' },
        Condition: { StringEquals: { 'sns:Protocol': 'sqs' } },
      },
    ])
    expect(JSON.stringify(own?.['Principal'])).toContain('${AWS::AccountId}:root')
  })
})

describe('the callback endpoint', () => {
  const secret = '{{resolve:secretsmanager:${CallbackSegmentSecret}}}'

  test('has the secret in its route, as a reference, and nowhere else', () => {
    expect(resource('CallbackDoorRoute').Properties['RouteKey']).toEqual({
      'Fn::Sub': `POST /callbacks/${secret}/{accountName}`,
    })
    const { CallbackDoorRoute: _door, ...others } = template.Resources
    expect(JSON.stringify([others, template.Outputs])).not.toContain('resolve:secretsmanager')
    expect(
      ofType(template, 'AWS::SecretsManager::Secret').flatMap(([, { Properties }]) => Object.keys(Properties)),
    ).not.toContain('SecretString')
  })

  test('appears in no access log and no metric', () => {
    const stage = resource('HttpApiStage').Properties
    const fields = [...String(stage['AccessLogSettings'].Format).matchAll(/\$context\.([\w.]+)/g)].map(
      ([, name]) => name,
    )
    expect(fields.length).toBeGreaterThan(5)
    expect(fields.filter((name) => /path|route|resource|domain|error\.message/i.test(name ?? ''))).toEqual([])
    expect(stage['DefaultRouteSettings'].DetailedMetricsEnabled).toBe(false)
    for (const settings of Object.values(stage['RouteSettings'] as Record<string, object>)) {
      expect(settings).not.toHaveProperty('DetailedMetricsEnabled')
    }
  })

  test('sends the message directly to its queue', () => {
    expect(resource('CallbackDoorIntegration').Properties).toMatchObject({
      IntegrationSubtype: 'SQS-SendMessage',
      RequestParameters: { QueueUrl: { Ref: 'CallbacksQueue' }, MessageBody: '$request.body' },
    })
  })
})

describe('the other routes', () => {
  const keys = routes
    .map(([, { Properties }]) => Properties['RouteKey'] as unknown)
    .filter((key) => typeof key === 'string')

  test('are each throttled by name and are created before the throttling settings', () => {
    const stage = resource('HttpApiStage')
    expect(Object.keys(stage.Properties['RouteSettings'] as object).toSorted()).toEqual(keys.toSorted())
    const ids = routes.map(([id]) => id).filter((id) => id !== 'CallbackDoorRoute')
    expect([stage['DependsOn']].flat()).toEqual(expect.arrayContaining(ids))
  })

  test('need a token, except those that reveal nothing about accounts', () => {
    const open = routes
      .filter(([id, { Properties }]) => id !== 'CallbackDoorRoute' && Properties['AuthorizationType'] !== 'JWT')
      .map(([, { Properties }]) => Properties['RouteKey'] as string)
    expect(open.filter((key) => !/^GET \/(health|openapi\.json|(docs|console)(\/\{\w+\+?\})?)$/.test(key))).toEqual([])
    expect(keys.filter((key) => scopeOf(key) === undefined).toSorted()).toEqual(open.toSorted())
  })

  test('each have a row in the table of scopes, which has no other rows', () => {
    expect(routeKeys.toSorted()).toEqual(keys.toSorted())
  })

  test('have a custom domain if there is a certificate', () => {
    expect([resource('Domain').Condition, resource('DomainMapping').Condition]).toEqual(['HasDomain', 'HasDomain'])
  })

  test('cannot use up the concurrency of the account', () => {
    const submit = functions.find(({ name }) => name === 'submit-profile-action')
    expect(decided(submit?.properties, allOn)).toMatchObject({
      ReservedConcurrentExecutions: { Ref: 'SubmitConcurrency' },
    })
  })
})

test('every variable that the code reads is set, and every variable that is set is read', () => {
  const read = new Set(Object.values(slices).flatMap((slice) => Object.keys(slice().shape)))
  const set = new Set(functions.flatMap(({ properties }) => Object.keys(properties['Environment'].Variables as object)))
  expect([...set].toSorted()).toEqual([...read].toSorted())
})

test('no environment variable contains a secret', () => {
  const variables = functions.flatMap(({ properties }) =>
    Object.entries(properties['Environment'].Variables as Record<string, unknown>),
  )
  const secrets = variables.filter(([variable]) => /SECRET|PASSWORD|TOKEN|KEY/.test(variable))
  expect(secrets.length).toBeGreaterThan(0)
  expect(secrets.filter(([, value]) => typeof value === 'string')).toEqual([])
})
