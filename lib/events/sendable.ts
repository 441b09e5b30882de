/**
 * What SQS and SNS refuse in a message:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const refused = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** A value as JSON whose text SQS and SNS take. It reads back as the same value. */
export const sendableJson = (value: unknown): string =>
  JSON.stringify(value).replace(refused, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A text that has no other form, without the characters that SQS and SNS refuse. */
export const sendableText = (text: string): string => text.replace(refused, '\ufffd')
