import type { SQSRecord } from 'aws-lambda'
import { type ReceivedCallback, unknownAccount } from '../profile/callback/record-callback.ts'

/**
 * A message of the callbacks queue. Account name and address were added by API Gateway from the request itself, so they
 * are read as any text from outside. The time is SQS's own; of a message sent once more from the dead letters it is
 * that of its first coming, or it would seem newer than attempts begun since.
 */
export function readReceivedCallback({ body, messageAttributes, attributes }: SQSRecord): ReceivedCallback {
  const sentAt = instantOf(attributes.SentTimestamp, latestInstant) ?? 0
  return {
    body,
    accountName: accountOf(messageAttributes['accountName']?.stringValue),
    sourceAddress: addressOf(messageAttributes['sourceIp']?.stringValue),
    receivedAt: firstReceived(messageAttributes['receivedAt']?.stringValue, sentAt),
  }
}

const longestAwayMilliseconds = 60 * 86_400_000

/** The time of the first coming, if it is one that a message of this age can have; else that of this coming. */
function firstReceived(text: string | undefined, sentAt: number): number {
  const at = instantOf(text, sentAt)
  return at !== undefined && at >= sentAt - longestAwayMilliseconds ? at : sentAt
}

/** The end of the times that a date can hold. */
const latestInstant = 8_640_000_000_000_000

function instantOf(text: string | undefined, latest: number): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined
  const instant = Number(text)
  return instant <= latest ? instant : undefined
}

/** Longer than any account name that is documented; it becomes part of items and lists. */
const longestAccount = 100

/** Whether API Gateway hands path parameters over decoded is not documented for this integration; names have blanks. */
function accountOf(text = unknownAccount): string {
  const accountName = decoded(text.slice(0, longestAccount * 9)).toWellFormed()
  const canBeOne = accountName.length <= longestAccount && !/[\p{Cc}"\\]/u.test(accountName)
  return canBeOne && accountName.trim() !== '' ? accountName : unknownAccount
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const addressOf = (text = '-'): string => (/^[\da-fA-F.:]{2,45}$/.test(text) ? text : '-')
