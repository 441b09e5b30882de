/**
 * The limits of SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html.
 * The bytes are those of one message and of a whole batch.
 */
export const sqsLimits = { batchMessages: 10, batchBytes: 1024 * 1024, delaySeconds: 900 }

/** The limits of SNS: https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
export const snsLimits = { batchMessages: 10, batchBytes: 256 * 1024 }

const refused = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/** Refuses a batch like SQS or SNS. */
export function requireSendable(
  bodies: readonly string[],
  { batchMessages, batchBytes }: Omit<typeof sqsLimits, 'delaySeconds'> = sqsLimits,
): void {
  if (bodies.length > batchMessages) throw new Error('TooManyEntriesInBatchRequest')
  if (bodies.some((body) => body === '')) throw new Error('EmptyMessage')
  if (bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0) > batchBytes) {
    throw new Error('BatchRequestTooLong')
  }
  if (bodies.some((body) => refused.test(body))) throw new Error('InvalidMessageContents')
}

/** Refuses a message group like SQS: 1 to 128 letters, digits and marks of punctuation. */
export function requireGroup(group: string): void {
  if (!/^[!-~]{1,128}$/.test(group)) {
    throw new Error('InvalidParameterValue: MessageGroupId')
  }
}
