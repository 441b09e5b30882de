import {
  CreateTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import * as z from 'zod'

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
const ProvisionedThroughput = z.object({ ReadCapacityUnits: z.number(), WriteCapacityUnits: z.number() })

const Index = z.object({
  IndexName: z.string(),
  KeySchema,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).optional(),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
  ProvisionedThroughput: ProvisionedThroughput.optional(),
})

const TableProperties = z.object({
  TableName: z.string(),
  KeySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  GlobalSecondaryIndexes: z.array(Index).optional(),
  LocalSecondaryIndexes: z.array(Index).optional(),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  ProvisionedThroughput: ProvisionedThroughput.optional(),
  StreamSpecification: z
    .object({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) })
    .optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
})

/**
 * Creates the table that the `Properties` of an `AWS::DynamoDB::Table` describe, so that a local table cannot differ
 * from the deployed one.
 *
 * Takes over what decides how the table behaves, and leaves out what engines lack and no code can see, such as backups,
 * encryption and tags. References (`!Ref`, `!Sub`) have to be resolved before.
 */
export async function createTable(client: DynamoDBClient, cloudFormationProperties: unknown): Promise<void> {
  const { StreamSpecification, TimeToLiveSpecification, ...table } = TableProperties.parse(cloudFormationProperties)
  await client.send(
    new CreateTableCommand({
      ...table,
      // CloudFormation has no switch: a stream that is described is on.
      ...(StreamSpecification && { StreamSpecification: { ...StreamSpecification, StreamEnabled: true } }),
    }),
  )
  await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName: table.TableName })
  if (TimeToLiveSpecification) {
    await client.send(new UpdateTimeToLiveCommand({ TableName: table.TableName, TimeToLiveSpecification }))
  }
}
