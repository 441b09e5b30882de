import { randomUUID } from 'node:crypto'
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { CallbackIntegration } from '../deployment/callback-endpoint.ts'
import type { Answer } from './answer.ts'
import type { RoutedCall } from './call.ts'
import type { Route } from './routes.ts'

type Options = {
  client: SQSClient
  queueUrl: string
  attributes: CallbackIntegration['RequestParameters']['MessageAttributes']
}

const namespace = 'http://queue.amazonaws.com/doc/2012-11-05/'

const xml = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  cookies: [],
  body: `<?xml version="1.0"?>${body}`,
})

const refusal = (code: string, message: string): Answer =>
  xml(
    400,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message><Detail/></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  )

/** Serves a route with the `SQS-SendMessage` integration. The response is that of SQS, in XML. */
export function queueServer({ client, queueUrl, attributes }: Options): Route['serve'] {
  return async (call) => {
    if (call.body.length === 0) {
      return refusal('MissingParameter', 'The request must contain the parameter MessageBody.')
    }
    try {
      const sent = await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: call.body.toString('utf8'),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, { DataType, StringValue }]) => [
              name,
              { DataType, StringValue: mapped(StringValue, call) },
            ]),
          ),
        }),
      )
      const result = `<MessageId>${sent.MessageId}</MessageId><MD5OfMessageBody>${sent.MD5OfMessageBody}</MD5OfMessageBody><MD5OfMessageAttributes>${sent.MD5OfMessageAttributes}</MD5OfMessageAttributes>`
      return xml(
        200,
        `<SendMessageResponse xmlns="${namespace}"><SendMessageResult>${result}</SendMessageResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></SendMessageResponse>`,
      )
    } catch (error) {
      if (!(error instanceof Error)) throw error
      return refusal(error.name, error.message)
    }
  }
}

/**
 * Applies parameter mapping to a template. Supports `${request.path.x}`, `${request.header.x}`, `${context.requestId}` and
 * `${context.identity.sourceIp}`.
 */
function mapped(template: string, call: RoutedCall): string {
  return template.replaceAll(/\$\{([^}]+)\}/g, (written, name: string) => {
    if (name === 'context.identity.sourceIp') return call.sourceIp
    if (name === 'context.requestId') return call.requestId
    const [, place, key = ''] = /^request\.(path|header)\.([\w-]+)$/.exec(name) ?? []
    if (place === 'path') return call.pathParameters[key] ?? ''
    if (place === 'header') return call.headers[key.toLowerCase()] ?? ''
    throw new Error(`the local stack does not support the mapping ${written}`)
  })
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
