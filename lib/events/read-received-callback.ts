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
    accountName: bounded(decoded(messageAttributes['accountName']?.stringValue ?? '-')),
    sourceAddress: bounded(messageAttributes['sourceIp']?.stringValue ?? '-'),
    receivedAt: firstReceived(messageAttributes['receivedAt']?.stringValue, Number(attributes.SentTimestamp)),
  }
}

const longestText = 100
const longestAwayMs = 60 * 86_400_000

/**
 * A text that can be stored, logged and printed whatever was in the path. A text that had to be changed equals no account
 * name: U+FFFD stands for each control character and each half of a pair, and a cut ends with it.
 */
function bounded(text: string): string {
  const clean = text.toWellFormed().replaceAll(/\p{Cc}/gu, '\ufffd')
  return clean.length <= longestText ? clean : `${clean.slice(0, longestText).toWellFormed()}\ufffd`
}

/** The time of the first coming, if it is one that a message of this age can have; else that of this coming. */
function firstReceived(text: string | undefined, sentAt: number): number {
  const at = /^\d{1,15}$/.test(text ?? '') ? Number(text) : sentAt
  return at <= sentAt && at >= sentAt - longestAwayMs ? at : sentAt
}

/** Whether API Gateway hands path parameters over decoded is not documented for this integration; names have blanks. */
function decoded(accountName: string): string {
  try {
    return decodeURIComponent(accountName)
  } catch {
    return accountName
  }
}
