import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import { awsClientOptions } from '../../lib/aws-client.ts'
import type { CheckSources } from '../check/sources.ts'

/** Reads how the table is set up. All calls only read. */
export function connectTableState(
  tableName: () => string,
): Pick<CheckSources, 'describeTable' | 'timeToLive' | 'pointInTimeRecovery'> {
  const client = new DynamoDBClient(awsClientOptions)
  return {
    async describeTable() {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName() }))
      return {
        status: Table?.TableStatus ?? 'unknown',
        stream:
          Table?.StreamSpecification?.StreamEnabled === true ? Table.StreamSpecification.StreamViewType : undefined,
        indexes: (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName = '', IndexStatus = '' }) => ({
          name: IndexName,
          status: IndexStatus,
        })),
      }
    },
    async timeToLive() {
      const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName() }))
      return {
        status: TimeToLiveDescription?.TimeToLiveStatus ?? 'unknown',
        attribute: TimeToLiveDescription?.AttributeName,
      }
    },
    async pointInTimeRecovery() {
      const { ContinuousBackupsDescription } = await client.send(
        new DescribeContinuousBackupsCommand({ TableName: tableName() }),
      )
      return ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus ?? 'unknown'
    },
  }
}
