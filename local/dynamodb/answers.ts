import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'

/** Whether a DynamoDB answers at the endpoint: not just an open port, but a list of tables. */
export async function answers(endpoint: string, timeoutMs: number): Promise<boolean> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  try {
    await client.send(new ListTablesCommand({ Limit: 1 }), { abortSignal: AbortSignal.timeout(timeoutMs) })
    return true
  } catch {
    return false
  } finally {
    client.destroy()
  }
}
