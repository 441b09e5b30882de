import { type Agent, type ClientRequest, type IncomingHttpHeaders, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { markUsed, settleIdleConnections } from './agent.ts'
import { collectBody } from './collect-body.ts'

export type SendCall = {
  url: string
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  headers: Readonly<Record<string, string>>
  body?: string
  /** From the start of the call to the last byte of the answer. */
  timeoutMilliseconds: number
  /** How long DNS, TCP and TLS may take together. */
  connectTimeoutMilliseconds: number
  agent: Agent
  now: () => number
}

export type NotSentCause = 'dns' | 'refused' | 'connect-timeout' | 'tls' | 'unreachable'
export type LostCause = 'timeout' | 'reset' | 'unreadable'

/** The result of one HTTP exchange. If it is `lost`, the peer may have read the request; if `not-sent`, it has not. */
export type SendResult =
  | { kind: 'answer'; status: number; headers: IncomingHttpHeaders; body: string }
  | { kind: 'not-sent'; cause: NotSentCause; code?: string }
  | { kind: 'lost'; cause: LostCause; code?: string; status?: number; reusedConnection: boolean }

export type Send = (call: SendCall) => Promise<SendResult>

/**
 * Sends one request and tells whether the peer may have read it. Never retries, and never rejects for a network
 * failure.
 *
 * A failure is `not-sent` only if the connection was provably not established. Every later failure is `lost`. This
 * includes a reset on a reused connection before the first byte of an answer, because the peer may have read the
 * request.
 */
export async function send(call: SendCall): Promise<SendResult> {
  if (call.timeoutMilliseconds <= 0) return { kind: 'not-sent', cause: 'connect-timeout' }
  await settleIdleConnections(call.agent, call.now)
  return new Promise((resolve) => {
    const secure = call.url.startsWith('https:')
    const request = (secure ? httpsRequest : httpRequest)(call.url, {
      method: call.method,
      agent: call.agent,
      headers: { ...call.headers, ...bodyLength(call.body) },
    })
    let mayHaveBeenRead = false
    let isSettled = false
    let status: number | undefined
    let connectTimer: NodeJS.Timeout | undefined

    const settle = (result: SendResult): void => {
      isSettled = true
      clearTimeout(budgetTimer)
      clearTimeout(connectTimer)
      resolve(result)
    }
    const fail = (cause: { notSent: NotSentCause; lost: LostCause }, code?: string): void => {
      // After the exchange is settled, another request may use its connection.
      if (isSettled) return
      settle(
        mayHaveBeenRead
          ? { kind: 'lost', cause: cause.lost, ...known({ code, status }), reusedConnection: request.reusedSocket }
          : { kind: 'not-sent', cause: cause.notSent, ...known({ code }) },
      )
      request.destroy()
    }
    const timeOut = (): void => fail({ notSent: 'connect-timeout', lost: 'timeout' })
    const budgetTimer = setTimeout(timeOut, call.timeoutMilliseconds)

    whenEstablished(request, secure, {
      connecting: () => {
        connectTimer = setTimeout(timeOut, call.connectTimeoutMilliseconds)
      },
      established: () => {
        mayHaveBeenRead = true
        clearTimeout(connectTimer)
      },
    })
    request.on('response', (response) => {
      status = response.statusCode
      collectBody(response, {
        complete: (body) => {
          if (request.socket !== null) markUsed(request.socket, call.now())
          settle({ kind: 'answer', status: response.statusCode ?? 0, headers: response.headers, body })
        },
        broken: (code) => fail({ notSent: 'unreachable', lost: 'reset' }, code),
        tooLarge: () => fail({ notSent: 'unreachable', lost: 'unreadable' }, 'ANSWER_TOO_LARGE'),
      })
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      fail({ notSent: notSentCause(error.code), lost: lostCause(error.code) }, error.code)
    })
    // An unexpected protocol upgrade closes the request without a response and without an error.
    request.on('close', () => fail({ notSent: 'unreachable', lost: 'reset' }))
    request.end(call.body)
  })
}

/**
 * Reports when the connection is established, so that bytes can be sent. A socket that is not seen connecting counts as
 * established: a wrong `lost` costs a wait, but a wrong `not-sent` may run an action twice.
 */
function whenEstablished(
  request: ClientRequest,
  secure: boolean,
  on: { connecting: () => void; established: () => void },
): void {
  request.on('socket', (socket) => {
    if (!socket.connecting) return on.established()
    on.connecting()
    socket.once(secure ? 'secureConnect' : 'connect', on.established)
  })
}

const bodyLength = (body: string | undefined): Record<string, string> =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }

const known = ({ code, status }: { code?: string | undefined; status?: number | undefined }) => ({
  ...(code === undefined ? {} : { code }),
  ...(status === undefined ? {} : { status }),
})

function notSentCause(code = ''): NotSentCause {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns'
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ETIMEDOUT') return 'connect-timeout'
  return /TLS|SSL|CERT|EPROTO|SIGNATURE|ISSUER/.test(code) ? 'tls' : 'unreachable'
}

/** Codes of Node's HTTP parser begin with HPE_. They mean that the answer was not HTTP. */
const lostCause = (code = ''): LostCause => (code.startsWith('HPE_') ? 'unreadable' : 'reset')
