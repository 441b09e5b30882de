import { ActionName } from '../../profile/order/action-names.ts'
import { actions } from '../../profile/order/actions.ts'
import type { Order } from '../../profile/submission/new-request.ts'
import type { BodyFinding } from '../../profile/order/body-faults.ts'
import { readBody } from '../../profile/order/read-body.ts'
import type { ApiCall } from '../api-call.ts'
import { requireAccount } from '../caller.ts'
import { readJsonBody } from '../json-body.ts'
import { invalidBody, ProblemError } from '../problem.ts'

/** The order of a POST, and warnings about members that the gateway does not know. */
export type ReadOrder = { order: Order; warnings: readonly BodyFinding[] }

/** Reads and checks the whole order of a POST, before anything is stored or sent. Throws a problem if it is invalid. */
export function readOrder({ event, caller }: ApiCall): ReadOrder {
  const action = ActionName.safeParse(event.pathParameters?.['action'])
  if (!action.success) {
    throw new ProblemError('unknown-action', { detail: `the actions are ${ActionName.options.join(', ')}` })
  }
  const idempotencyKey = readIdempotencyKey(event.headers['idempotency-key'])
  const reading = readBody(actions[action.data], readJsonBody(event))
  if (reading.kind === 'invalid') throw invalidBody({ list: reading.faults, count: reading.count })
  requireAccount(caller, reading.body.accountName)
  return {
    order: {
      action: action.data,
      body: reading.body,
      caller: caller.id,
      traceparent: event.headers['traceparent'],
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    },
    warnings: reading.warnings,
  }
}

/**
 * Reads the Idempotency-Key: a structured-field string (`"8e03..."`, IETF draft) or bare text, of 1 to 255 printable
 * ASCII characters. API Gateway joins a header that was sent twice with a comma. Such a value is refused: it would be a
 * new key, and the repeat a new order.
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  const key = /^"([^"]*)"$/.exec(text)?.[1] ?? text
  const half = key.slice(0, key.length >> 1)
  if (/^[\x20\x21\x23-\x7e]{1,255}$/.test(key) && key !== `${half},${half}`) return key
  throw new ProblemError('invalid-idempotency-key', {
    detail: 'send the header once: 1 to 255 printable ASCII characters, bare or in quotes',
  })
}
