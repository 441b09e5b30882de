import { join } from 'node:path'
import type { Table } from '../../../lib/store/table/table.ts'
import { readDeployment } from '../../../local/deployment/read-deployment.ts'
import { noon } from '../profile/records.ts'
import { createFakeDynamoDb, type FakeDynamoDb, type FakeDynamoDbOptions } from '../../fakes/dynamodb/fake.ts'

const serverless = join(import.meta.dirname, '../../../serverless.yml')
const deployed = (await readDeployment(serverless, {})).resources.tables.get('Table')

export const tableName = 'gateway'
export const retainSeconds = 35 * 24 * 3600

/** The table as serverless.yml deploys it. */
export const tableProperties = { ...deployed, TableName: tableName }

/** Nobody waits for real in a test. */
export const waiting = {
  clock: () => noon,
  sleep: async () => undefined,
  random: () => 0.5,
}

/** That table in memory, at a time that a test may set. */
export const fakeTable = (options: Partial<FakeDynamoDbOptions> = {}): Table & { client: FakeDynamoDb } => ({
  client: createFakeDynamoDb({ tables: [tableProperties], removeUndefinedValues: true, ...options }),
  tableName,
  retainSeconds,
  ...waiting,
})
