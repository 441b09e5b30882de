/** Characters that SQS and SNS reject: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const refused = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** Writes a value as JSON that SQS and SNS accept. It parses to the same value. */
export const sendableJson = (value: unknown): string =>
  JSON.stringify(value).replace(refused, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Replaces the characters that SQS and SNS reject in a plain text. */
export const sendableText = (text: string): string => text.replace(refused, '\ufffd')
