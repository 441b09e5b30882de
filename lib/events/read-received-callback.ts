import type { SQSRecord } from 'aws-lambda'
import { type ReceivedCallback, unknownAccount } from '../profile/callback/record-callback.ts'

/**
 * Reads a message of the callbacks queue. API Gateway adds the account name and the address from the HTTP request, so
 * both are untrusted texts. The time is SQS's own. A message redriven from the dead letters keeps the time of its first
 * arrival, because otherwise it would seem newer than attempts begun since.
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

/** Longest time between the first arrival and a redrive that is plausible. */
const longestAwayMilliseconds = 60 * 86_400_000

/** The time of the first arrival if it is plausible, otherwise the time of this delivery. Epoch milliseconds. */
function firstReceived(text: string | undefined, sentAt: number): number {
  const at = instantOf(text, sentAt)
  return at !== undefined && at >= sentAt - longestAwayMilliseconds ? at : sentAt
}

/** The latest time that a Date can hold. */
const latestInstant = 8_640_000_000_000_000

function instantOf(text: string | undefined, latest: number): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined
  const instant = Number(text)
  return instant <= latest ? instant : undefined
}

/** Longer than any documented account name. The name becomes part of items and lists, so its length is limited. */
const longestAccount = 100

/** Decodes the name, because it is not documented whether API Gateway decodes path parameters for this integration. */
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
