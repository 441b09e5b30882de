import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { TableDefinition } from '../table-definition.ts'

export type EngineName = 'fake' | 'dynoxide' | 'dynamodb-local'

/** An implementation of DynamoDB with the conformance table. */
export type Backend = { engine: EngineName; client: Pick<DynamoDBDocumentClient, 'send'> }

/** The known differences between an engine and AWS. */
export type Deviations = { [Engine in EngineName]?: string }

export const tableName = 'conformance'

/** One table for all cases. Each case uses its own partition keys. */
export const table = {
  TableName: tableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'shelf', AttributeType: 'S' },
    { AttributeName: 'place', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byShelf',
      KeySchema: [
        { AttributeName: 'shelf', KeyType: 'HASH' },
        { AttributeName: 'place', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
    {
      IndexName: 'shelves',
      KeySchema: [{ AttributeName: 'shelf', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
    {
      IndexName: 'titles',
      KeySchema: [{ AttributeName: 'shelf', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
    },
  ],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { AttributeName: 'until', Enabled: true },
} satisfies TableDefinition & Record<string, unknown>
