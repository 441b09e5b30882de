import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen, stopServer } from '../listen.ts'
import type { Trace } from '../trace.ts'
import { type Answer, gatewayAnswer, internalError, notFound, tooLarge } from './answer.ts'
import { headRefusal } from './head-limits.ts'
import { type Call, decodePath, readBody, readHeaders, splitTarget } from './call.ts'
import { type CorsConfiguration, preflightAnswer, withCors } from './cors.ts'
import { createRouter, type Match, type Route } from './routes.ts'

/** The maximum size of a request body for HTTP APIs. */
const bodyLimitBytes = 10 * 1024 * 1024

type Options = { port: number; trace: Trace }

export type RunningHttpApi = {
  url: string
  serve: (routes: readonly Route[], cors?: CorsConfiguration) => void
  stop: () => Promise<void>
}

/**
 * Starts the HTTP API on 127.0.0.1 without routes. Call `serve` to set them: functions need the API's URL in their
 * environment before they are loaded.
 */
export async function startHttpApi({ port, trace }: Options): Promise<RunningHttpApi> {
  let route = createRouter([])
  let cors: CorsConfiguration | undefined
  // Node's default limit is lower than the limit of HTTP APIs, which head-limits.ts applies.
  const server = createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
    void handle(request, response)
  })

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const started = performance.now()
    const requestId = newRequestId()
    const { path: encodedPath, rawQueryString } = splitTarget(request.url ?? '/')
    const match = route(request.method ?? '', encodedPath)
    let answer: Answer
    try {
      const refusal = headRefusal(request)
      const body = await readBody(request, bodyLimitBytes)
      const preflight = preflightAnswer(request.method, request.headers, cors)
      if (refusal !== undefined) answer = refusal
      else if (preflight !== undefined) answer = preflight
      else if (body === undefined) answer = { ...tooLarge, why: `the body has more than ${bodyLimitBytes} bytes` }
      else if (match === undefined) answer = notFound
      else answer = await serve(match, callOf(request, { requestId, encodedPath, rawQueryString, body }), cors)
    } catch (error) {
      if (response.destroyed || request.errored) return
      trace({ kind: 'failure', name: 'HTTP API', reason: String(error) })
      answer = internalError
    }
    write(response, answer, requestId)
    const call = `${request.method} ${match?.route.shownAs ?? encodedPath}`.slice(0, 200)
    if (answer.why !== undefined)
      trace({ kind: 'refusal', name: `HTTP API answered ${answer.status}`, reason: answer.why })
    trace({ kind: 'call', call, status: answer.status, milliseconds: Math.round(performance.now() - started) })
  }

  const actualPort = await listen(server, { port, setting: 'LOCAL_PORT', what: 'the HTTP API' })
  return {
    url: `http://127.0.0.1:${actualPort}`,
    serve: (routes, corsOfApi) => {
      route = createRouter(routes)
      cors = corsOfApi
    },
    stop: async () => stopServer(server),
  }
}

type Parts = { requestId: string; encodedPath: string; rawQueryString: string; body: Buffer }

const callOf = (request: IncomingMessage, { requestId, encodedPath, rawQueryString, body }: Parts): Call => ({
  requestId,
  receivedAt: new Date(),
  method: request.method ?? '',
  path: decodePath(encodedPath),
  rawQueryString,
  ...readHeaders(request),
  protocol: `HTTP/${request.httpVersion}`,
  sourceIp: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  body,
})

async function serve(
  { route, routeKey, pathParameters }: Match,
  call: Call,
  cors: CorsConfiguration | undefined,
): Promise<Answer> {
  const routed = { ...call, routeKey, pathParameters }
  const { origin } = call.headers
  if (route.authorization === undefined) return withCors(await route.serve(routed, undefined), origin, cors)
  const { authorizer, scopes } = route.authorization
  const decision = await authorizer(call.headers['authorization'], scopes)
  switch (decision.kind) {
    case 'allowed':
      return withCors(await route.serve(routed, decision.jwt), origin, cors)
    case 'unauthorized':
      return gatewayAnswer(401, 'Unauthorized', { 'www-authenticate': decision.challenge })
    case 'forbidden':
      return gatewayAnswer(403, 'Forbidden', { 'www-authenticate': decision.challenge })
  }
}

function write(response: ServerResponse, answer: Answer, requestId: string): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  const hasBody = answer.status !== 204 && answer.status !== 304
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.cookies.length > 0 && { 'set-cookie': [...answer.cookies] }),
    'apigw-requestid': requestId,
    ...(hasBody && { 'content-length': body.length }),
  })
  response.end(hasBody ? body : undefined)
}

/** Sixteen characters that end with `=`, like the request ids of API Gateway. */
const newRequestId = (): string => randomBytes(11).toString('base64')
