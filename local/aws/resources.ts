import {
  DescribeTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb'
import type { Deployment } from '../deployment/deployment.ts'
import type { Values } from '../deployment/references.ts'
import { createTable } from '../dynamodb/create-table.ts'
import type { TableKeys } from '../dynamodb/table-limits.ts'
import { apiId } from '../http-api/function-event.ts'
import { accountId, credentials } from './account.ts'
import type { RunningQueues } from './queues.ts'
import type { RunningSecrets } from './secrets.ts'

export type LocalTable = TableKeys & { arn: string; streamArn: string | undefined }

/** Creates the tables of serverless.yml and returns them by logical id. Reuses a table that exists already. */
export async function createTables(deployment: Deployment, endpoint: string): Promise<Map<string, LocalTable>> {
  const { service, region, resources } = deployment
  const client = new DynamoDBClient({ endpoint, region, credentials })
  const tables = new Map<string, LocalTable>()
  for (const [id, properties] of resources.tables) {
    const TableName = `${service}-local-${id}`
    try {
      await createTable(client, { ...properties, TableName })
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error
    }
    const { Table } = await client.send(new DescribeTableCommand({ TableName }))
    const { KeySchema, GlobalSecondaryIndexes = [], TableArn: arn = '', LatestStreamArn: streamArn } = { ...Table }
    const indexes = GlobalSecondaryIndexes.map((index) => ({ name: index.IndexName ?? '', ...keysOf(index.KeySchema) }))
    tables.set(id, { name: TableName, key: keysOf(KeySchema), indexes, arn, streamArn })
  }
  client.destroy()
  return tables
}

function keysOf(schema: readonly KeySchemaElement[] = []) {
  const nameOf = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName
  return { hash: nameOf('HASH') ?? '', range: nameOf('RANGE') }
}

type CreatedResources = {
  deployment: Deployment
  tables: ReadonlyMap<string, LocalTable>
  queues: RunningQueues
  secrets: RunningSecrets
}

/** The local values of every `!Ref`, `!GetAtt` and pseudo parameter in serverless.yml. */
export function referenceValues({ deployment, tables, queues, secrets }: CreatedResources): Values {
  const { service, stage, region } = deployment
  const values = new Map([
    ['HttpApi', apiId],
    ['AWS::Region', region],
    ['AWS::AccountId', accountId],
    ['AWS::Partition', 'aws'],
    ['AWS::URLSuffix', 'amazonaws.com'],
    ['AWS::StackName', `${service}-${stage}`],
  ])
  for (const [id, { name, arn, streamArn }] of tables) {
    values.set(id, name).set(`${id}.Arn`, arn)
    if (streamArn !== undefined) values.set(`${id}.StreamArn`, streamArn)
  }
  for (const [id, { url, arn }] of queues.queues) {
    values.set(id, url).set(`${id}.Arn`, arn).set(`${id}.QueueName`, id).set(`${id}.QueueUrl`, url)
  }
  for (const [id, { arn }] of queues.topics) {
    values.set(id, arn).set(`${id}.TopicArn`, arn).set(`${id}.TopicName`, id)
  }
  for (const [id, arn] of secrets.arns) values.set(id, arn)
  return values
}
