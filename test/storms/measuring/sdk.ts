import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { quickestQuarterOf } from './quickest.ts'
import { awsClientOptions } from '../../../lib/aws-client.ts'

const batches = 15
const samples = 50

/**
 * The processor time that the AWS SDK needs for one write of the table: converting, signing and reading the answer, without
 * the network. Milliseconds on this machine.
 */
export async function measureSdk(): Promise<number> {
  const answer = { statusCode: 200, headers: {}, body: Buffer.from('{}') }
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'key' },
      maxAttempts: awsClientOptions.maxAttempts,
      requestHandler: { handle: async () => ({ response: answer }) } as never,
    }),
  )
  const call = () =>
    client.send(
      new UpdateCommand({
        TableName: 'table',
        Key: { pk: 'TSR#0000123456-00001#3d8f6c', sk: 'D#eid:89049032000000000000000000000001' },
        UpdateExpression: 'SET verdict = :verdict, rank = :rank, identifiers = :identifiers',
        ConditionExpression: 'attribute_not_exists(rank) OR rank < :rank',
        ExpressionAttributeValues: {
          ':verdict': 'succeeded',
          ':rank': 3,
          ':identifiers': [{ kind: 'eid', id: '8904' }],
        },
      }),
    )
  const times: number[] = []
  for (let batch = 0; batch < batches; batch += 1) {
    const before = process.cpuUsage()
    for (let sample = 0; sample < samples; sample += 1) await call()
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000 / samples)
  }
  return quickestQuarterOf(times)
}
