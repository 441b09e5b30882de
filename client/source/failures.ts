import type { components } from './api.ts'

type Problem = components['schemas']['Problem']

/** The gateway refused the call. Branch on `code`; later versions may add codes. */
export class GatewayProblem extends Error {
  readonly kind = 'problem'
  readonly code: Problem['code'] | (string & {})
  readonly status: number
  /** Whether the same call may succeed later. */
  readonly retryable: boolean
  /** The whole document: `detail`, `errors` with JSON pointers, `upstream`, `requestId` and so on. */
  readonly problem: Problem
  /** The key of an order. Repeat the order with it, so that it cannot run twice. */
  readonly idempotencyKey: string | undefined
  constructor(problem: Problem, idempotencyKey: string | undefined) {
    super(`${problem.code}: ${problem.detail}`)
    this.name = 'GatewayProblem'
    this.code = problem.code
    this.status = problem.status
    this.retryable = problem.retryable
    this.problem = problem
    this.idempotencyKey = idempotencyKey
  }
}

/** An answer that is not the gateway's, for example API Gateway's 401 and 429, or a proxy's error page. */
export class UnexpectedAnswer extends Error {
  readonly kind = 'unexpected-answer'
  readonly status: number
  /** The first 1,000 characters of the body. */
  readonly body: string
  readonly idempotencyKey: string | undefined
  constructor(status: number, body: string, idempotencyKey: string | undefined) {
    super(`unexpected answer ${status}`)
    this.name = 'UnexpectedAnswer'
    this.status = status
    this.body = body
    this.idempotencyKey = idempotencyKey
  }
}

/** The call was sent and no answer came: the connection failed, or the time-out passed. `cause` has the error. */
export class NoAnswer extends Error {
  readonly kind = 'no-answer'
  readonly timedOut: boolean
  readonly idempotencyKey: string | undefined
  constructor(cause: unknown, idempotencyKey: string | undefined) {
    const timedOut = cause instanceof Error && cause.name === 'TimeoutError'
    super(timedOut ? 'no answer in time' : 'no answer: the connection failed', { cause })
    this.name = 'NoAnswer'
    this.timedOut = timedOut
    this.idempotencyKey = idempotencyKey
  }
}

/** All that a call throws, besides the reason of an abort signal and the errors of a token function. */
export type GatewayFailure = GatewayProblem | UnexpectedAnswer | NoAnswer

/** Narrows a caught value. The kinds are told apart by `kind`. */
export const isGatewayFailure = (error: unknown): error is GatewayFailure =>
  error instanceof GatewayProblem || error instanceof UnexpectedAnswer || error instanceof NoAnswer

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string'

/** Reads the failure out of an answer that is not a success. */
export async function failureOf(response: Response, idempotencyKey: string | undefined): Promise<GatewayFailure> {
  const text = await response.text()
  const problem = parsed(text)
  return isProblem(problem)
    ? new GatewayProblem(problem, idempotencyKey)
    : new UnexpectedAnswer(response.status, text.slice(0, 1000), idempotencyKey)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
