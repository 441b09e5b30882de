import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Log } from '../profile/ports.ts'
import type { AccessRules } from './access/scopes.ts'
import type { Caller } from './caller.ts'

/** An event of API Gateway's HTTP API (payload 2.0). Routes with the JWT authorizer have its verified claims. */
export type ApiEvent = APIGatewayProxyEventV2 & {
  requestContext: { authorizer?: { jwt?: { claims?: unknown } } }
}

export type ApiCall = { event: ApiEvent; caller: Caller; httpRequestId: string }

/** The answer of a route. Texts and bytes are sent unchanged, any other body as JSON. */
export type ApiAnswer = { status: number; headers?: Readonly<Record<string, string>>; body?: unknown }

/** What every handler of the HTTP API needs. */
export type ApiDependencies = { log: Log; access: AccessRules }

/** A handler of the HTTP API, as Lambda calls it. */
export type ApiHandler = (event: ApiEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>
