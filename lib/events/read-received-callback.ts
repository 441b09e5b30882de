import type { SQSRecord } from 'aws-lambda'
import type { ReceivedCallback } from '../profile/record-callback.ts'

/**
 * A message of the callbacks queue. Account name and address were added by API Gateway from the request itself; the
 * time is SQS's own. A message without them did not come through the door and is quarantined under the account `-`.
 */
export function readReceivedCallback({ body, messageAttributes, attributes }: SQSRecord): ReceivedCallback {
  return {
    body,
    accountName: messageAttributes['accountName']?.stringValue ?? '-',
    sourceAddress: messageAttributes['sourceIp']?.stringValue ?? '-',
    receivedAt: Number(attributes.SentTimestamp),
  }
}
