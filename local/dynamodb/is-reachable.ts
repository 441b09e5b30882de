import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { credentials } from '../aws/account.ts'

/** Whether a DynamoDB at the endpoint answers ListTables within `timeoutMs`. */
export async function isReachable(endpoint: string, timeoutMs: number): Promise<boolean> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials,
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
