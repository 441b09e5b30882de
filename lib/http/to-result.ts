import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { ApiAnswer } from './api-call.ts'

/** Writes an answer for API Gateway, with the headers that every answer has. */
export function toResult(
  { status, headers, body }: ApiAnswer,
  httpRequestId: string,
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'request-id': httpRequestId,
      ...headers,
    },
    ...written(body),
  }
}

/** API Gateway decodes a body that is marked as Base64 and sends the bytes. */
function written(body: unknown): Pick<APIGatewayProxyStructuredResultV2, 'body' | 'isBase64Encoded'> {
  if (body === undefined) return {}
  if (body instanceof Uint8Array) return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
  return { body: typeof body === 'string' ? body : JSON.stringify(body) }
}
