import * as z from 'zod'
import { StartError } from '../start-error.ts'
import { CorsConfiguration } from '../http-api/cors.ts'
import { CallbackIntegration, CallbackRoute } from './callback-endpoint.ts'
import { explain } from './explain.ts'
import { ArnOf } from './intrinsic.ts'

const withoutEffect = z.unknown().optional()

const Queue = z.strictObject({
  VisibilityTimeout: z.int().min(0).max(43_200).default(30),
  MessageRetentionPeriod: z.int().optional(),
  DelaySeconds: z.int().optional(),
  RedrivePolicy: z.strictObject({ deadLetterTargetArn: ArnOf, maxReceiveCount: z.int().min(1).max(1000) }).optional(),
  SqsManagedSseEnabled: withoutEffect,
  KmsMasterKeyId: withoutEffect,
  RedriveAllowPolicy: withoutEffect,
  Tags: withoutEffect,
})
export type Queue = z.infer<typeof Queue>

const Topic = z.strictObject({ KmsMasterKeyId: withoutEffect, DisplayName: withoutEffect, Tags: withoutEffect })

const Secret = z.strictObject({
  Description: withoutEffect,
  KmsKeyId: withoutEffect,
  Tags: withoutEffect,
  GenerateSecretString: z
    .strictObject({
      SecretStringTemplate: z.string().optional(),
      GenerateStringKey: z.string().optional(),
      PasswordLength: z.int().default(32),
      ExcludePunctuation: withoutEffect,
    })
    .optional(),
})

// osls creates the API. A resource of this type only adds properties to it.
const Api = z.strictObject({ CorsConfiguration: CorsConfiguration.optional() })

const Resource = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: withoutEffect,
  UpdateReplacePolicy: withoutEffect,
  DependsOn: withoutEffect,
  // read-deployment.ts has removed the resources whose condition is false.
  Condition: withoutEffect,
})

/** Resource types without an effect on the local stack, such as alarms, roles and log groups. */
const typesWithoutEffect = new Set([
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  // Functions are read from `functions`. A resource of this type only adds properties to the one that osls creates.
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
])

/** The resources that the local stack creates, by logical id. */
export type Resources = {
  tables: Map<string, Readonly<Record<string, unknown>>>
  queues: Map<string, Queue>
  topics: Set<string>
  secrets: Map<string, z.infer<typeof Secret>>
  integrations: Map<string, CallbackIntegration>
  routes: CallbackRoute[]
  /** Undefined: the API answers no preflight. */
  cors: CorsConfiguration | undefined
}

/** Sorts `resources.Resources` by type. Throws `StartError` for a type that the local stack can neither create nor skip. */
export function readResources(written: Readonly<Record<string, unknown>>): Resources {
  const resources: Resources = {
    tables: new Map(),
    queues: new Map(),
    topics: new Set(),
    secrets: new Map(),
    integrations: new Map(),
    routes: [],
    cors: undefined,
  }
  for (const [id, value] of Object.entries(written)) {
    const path = ['resources', 'Resources', id]
    const { Type, Properties } = explain(Resource, value, path)
    const read = <Schema extends z.ZodType>(schema: Schema) => explain(schema, Properties, [...path, 'Properties'])
    switch (Type) {
      case 'AWS::DynamoDB::Table':
        resources.tables.set(id, Properties)
        break
      case 'AWS::SQS::Queue':
        resources.queues.set(id, read(Queue))
        break
      case 'AWS::SNS::Topic':
        read(Topic)
        resources.topics.add(id)
        break
      case 'AWS::SecretsManager::Secret':
        resources.secrets.set(id, read(Secret))
        break
      case 'AWS::ApiGatewayV2::Api':
        resources.cors = read(Api).CorsConfiguration
        break
      case 'AWS::ApiGatewayV2::Integration':
        resources.integrations.set(id, read(CallbackIntegration))
        break
      case 'AWS::ApiGatewayV2::Route':
        resources.routes.push(read(CallbackRoute))
        break
      default:
        if (!typesWithoutEffect.has(Type)) {
          throw new StartError(`serverless.yml: the local stack does not support ${Type} (${path.join('.')}).`)
        }
    }
  }
  return resources
}
