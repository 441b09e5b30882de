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
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }
}
