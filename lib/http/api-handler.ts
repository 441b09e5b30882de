import middy from '@middy/core'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Log } from '../profile/ports.ts'
import type { ApiAnswer, ApiCall, ApiHandler } from './api-call.ts'
import { answerProblems, type IdentifiedEvent, identifyCaller, logCall } from './call-middlewares.ts'
import { anonymous } from './caller.ts'
import { toResult } from './to-result.ts'

/** Handler for HTTP routes: logs the call, reads the caller, writes the answer, and answers errors as problems. */
export function apiHandler(route: (call: ApiCall) => Promise<ApiAnswer>, { log }: { log: Log }): ApiHandler {
  const handler = middy<IdentifiedEvent, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .use([logCall(log), answerProblems(log), identifyCaller()])
    .handler(async ({ caller, ...event }) => {
      const httpRequestId = event.requestContext.requestId
      return toResult(await route({ event, caller, httpRequestId }), httpRequestId)
    })
  return (event, context) => handler({ ...event, caller: anonymous }, context)
}
