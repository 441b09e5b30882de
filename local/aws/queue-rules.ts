import * as z from 'zod'
import { nameGroup } from './fair-queues.ts'

const Attribute = z.looseObject({ DataType: z.string(), StringValue: z.string().optional() })
const Attributes = z.record(z.string(), Attribute)
const Message = z.looseObject({
  MessageBody: z.string(),
  DelaySeconds: z.number().optional(),
  MessageGroupId: z.string().optional(),
  MessageAttributes: Attributes.optional(),
})
const Batch = z.looseObject({ Entries: z.array(Message.extend({ Id: z.string() })) })
const VisibilityChange = z.looseObject({ VisibilityTimeout: z.literal(0) })

type Refusal = { code: string; message: string }
type FailedEntry = { Id: string; SenderFault: true; Code: string; Message: string }

/** The error with which SQS refuses a call, or the entries of a batch that it refuses. */
export type Ruling = { refusal?: Refusal | undefined; failed?: readonly FailedEntry[] }

const mostAttributes = 10
const longestName = 256
const longestDelaySeconds = 900
/** Letters, digits and marks of punctuation. */
const groupName = /^[!-~]{1,128}$/

/** Characters outside XML 1.0. SQS stores U+FFFD in their place. */
const invalidCharacters = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu

/**
 * Applies rules of SQS that the emulator does not have. Changes the call as SQS does, and removes the entries of a batch
 * that SQS refuses.
 */
export function applyQueueRules(operation: string, call: unknown): Ruling {
  switch (operation) {
    case 'SendMessage': {
      const message = Message.safeParse(call)
      return { refusal: message.success ? applyMessageRules(call, message.data) : undefined }
    }
    case 'SendMessageBatch': {
      const batch = Batch.safeParse(call)
      // The emulator refuses a batch of more than ten entries, so pass the whole batch on.
      if (!batch.success || batch.data.Entries.length > 10) return {}
      const failed: FailedEntry[] = []
      const taken = batch.data.Entries.filter((entry) => {
        const refusal = applyMessageRules(entry, entry)
        if (refusal === undefined) return true
        failed.push({ Id: entry.Id, SenderFault: true, Code: refusal.code, Message: refusal.message })
        return false
      })
      Reflect.set(Object(call), 'Entries', taken)
      return { failed }
    }
    case 'ChangeMessageVisibility':
      // The emulator cannot make a persisted message visible immediately, but it can after a millisecond.
      if (VisibilityChange.safeParse(call).success) Reflect.set(Object(call), 'VisibilityTimeout', 0.001)
      return {}
    default:
      return {}
  }
}

function applyMessageRules(call: unknown, message: z.infer<typeof Message>): Refusal | undefined {
  const {
    MessageBody: body,
    DelaySeconds: delay = 0,
    MessageAttributes: attributes = {},
    MessageGroupId: group,
  } = message
  if (delay < 0 || delay > longestDelaySeconds || !Number.isInteger(delay)) {
    return invalid(
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${longestDelaySeconds}.`,
    )
  }
  if (group !== undefined) {
    if (!groupName.test(group)) {
      return invalid(
        `Value ${group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
      )
    }
    const kept = Object(Reflect.get(Object(call), 'MessageAttributes') ?? {})
    Reflect.set(Object(call), 'MessageAttributes', kept)
    nameGroup(kept, group)
  }
  const replaced = body.replaceAll(invalidCharacters, '\uFFFD')
  if (replaced !== body) {
    if (body.replaceAll(invalidCharacters, '') === '') {
      return { code: 'InvalidMessageContents', message: 'The message contains characters outside the allowed set.' }
    }
    Reflect.set(Object(call), 'MessageBody', replaced)
  }
  return refusalOf(attributes)
}

function refusalOf(attributes: z.infer<typeof Attributes>): Refusal | undefined {
  const entries = Object.entries(attributes)
  if (entries.length > mostAttributes) {
    return invalid(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${mostAttributes}].`)
  }
  for (const [name, { DataType: type, StringValue: text }] of entries) {
    const about = `Message (user) attribute '${name}'`
    const isName = name.length <= longestName && /^[\w-]+(\.[\w-]+)*$/.test(name) && !/^(aws|amazon)\./i.test(name)
    if (!isName) return invalid(`${about} has a name that is not allowed.`)
    if (!/^(String|Number|Binary)(\..+)?$/.test(type) || type.length > longestName) {
      return invalid(`${about} has an invalid message attribute type: '${type}'.`)
    }
    if (text === '') return invalid(`${about} must contain a non-empty value of type '${type}'.`)
    if (text !== undefined && text.search(invalidCharacters) !== -1) {
      return invalid(`${about} has a value with invalid characters.`)
    }
    if (type.startsWith('Number') && (text === undefined || text.trim() === '' || Number.isNaN(Number(text)))) {
      return invalid(`Can't cast the value of ${about} to a number.`)
    }
  }
  return undefined
}

const invalid = (message: string): Refusal => ({ code: 'InvalidParameterValue', message })
