import type { UpstreamError } from '../profile/request/outcome.ts'
import type { AuthorisedResult } from './authorised-call.ts'

/** Why a call that changes no device failed. Such calls may always be repeated. */
export type CallFailure = {
  kind: 'failed'
  cause: 'refused' | 'credentials' | 'unreachable' | 'throttled' | 'unavailable' | 'no-answer' | 'unreadable-answer'
  error: UpstreamError
}

/** Returns the body of a successful call, or its failure. */
export function bodyOrFailure(result: AuthorisedResult): { kind: 'body'; body: string; status: number } | CallFailure {
  switch (result.kind) {
    case 'not-sent':
      return { kind: 'failed', cause: 'unreachable', error: { message: `not sent: ${result.cause}` } }
    case 'lost':
      return { kind: 'failed', cause: 'no-answer', error: { message: `no answer: ${result.cause}` } }
    case 'no-credentials':
      return { kind: 'failed', cause: 'credentials', error: { message: result.cause, ...result.error } }
    case 'answer': {
      const { answer, reading } = result
      if (reading.kind === 'success') return { kind: 'body', body: answer.body, status: answer.status }
      const cause = reading.kind === 'server-error' ? 'unavailable' : reading.kind
      return { kind: 'failed', cause, error: reading.error }
    }
  }
}

/**
 * The failure of a call whose answer cannot be read. It quotes nothing, because a listing of callbacks holds passwords.
 */
export const unreadable = (status: number): CallFailure => ({
  kind: 'failed',
  cause: 'unreadable-answer',
  error: { status },
})
