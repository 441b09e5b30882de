import type { Table } from '../../../lib/store/table/table.ts'
import { deployment } from '../../deployment.ts'
import { noon } from '../profile/records.ts'
import { createFakeDynamoDb, type FakeDynamoDb, type FakeDynamoDbOptions } from '../../fakes/dynamodb/fake.ts'

export const tableName = 'gateway'
export const retainSeconds = 35 * 24 * 3600

/** The table as serverless.yml deploys it. */
export const tableProperties = { ...deployment.resources.tables.get('Table'), TableName: tableName }

/** Time and randomness of a test: nothing really waits. */
export const waiting = {
  clock: () => noon,
  sleep: async () => undefined,
  random: () => 0.5,
}

/** The same table in memory, at a time that a test may set. */
export const fakeTable = (options: Partial<FakeDynamoDbOptions> = {}): Table & { client: FakeDynamoDb } => ({
  client: createFakeDynamoDb({ tables: [tableProperties], removeUndefinedValues: true, ...options }),
  tableName,
  retainSeconds,
  ...waiting,
})
