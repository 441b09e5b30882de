import type { SQSRecord } from 'aws-lambda'
import type { ReceivedCallback } from '../profile/record-callback.ts'

/**
 * A message of the callbacks queue. Account name and address were added by API Gateway from the request itself. The time
 * is SQS's own; of a message sent once more from the dead letters it is that of its first coming, or it would seem newer
 * than attempts begun since. A message without them did not come through the door and is quarantined under the account `-`.
 */
export function readReceivedCallback({ body, messageAttributes, attributes }: SQSRecord): ReceivedCallback {
  return {
    body,
    accountName: decoded(messageAttributes['accountName']?.stringValue ?? '-'),
    sourceAddress: messageAttributes['sourceIp']?.stringValue ?? '-',
    receivedAt: Number(messageAttributes['receivedAt']?.stringValue ?? attributes.SentTimestamp),
  }
}

/** Whether API Gateway hands path parameters over decoded is not documented for this integration; names have blanks. */
function decoded(accountName: string): string {
  try {
    return decodeURIComponent(accountName)
  } catch {
    return accountName
  }
}
