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
 * Creates a table from the `Properties` of an `AWS::DynamoDB::Table`, so that the local table has the deployed schema.
 *
 * Ignores properties that engines lack and that code cannot observe, such as backups, encryption and tags. References
 * (`!Ref`, `!Sub`) must be resolved before.
 */
export async function createTable(client: DynamoDBClient, cloudFormationProperties: unknown): Promise<void> {
  const { StreamSpecification, TimeToLiveSpecification, ...table } = TableProperties.parse(cloudFormationProperties)
  await client.send(
    new CreateTableCommand({
      ...table,
      // CloudFormation has no StreamEnabled property: a stream that is specified is enabled.
      ...(StreamSpecification && { StreamSpecification: { ...StreamSpecification, StreamEnabled: true } }),
    }),
  )
  await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName: table.TableName })
  if (TimeToLiveSpecification) {
    await client.send(new UpdateTimeToLiveCommand({ TableName: table.TableName, TimeToLiveSpecification }))
  }
}
