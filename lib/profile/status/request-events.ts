import { type Fold, isFinalDevice, isFinalRequest, type ProfileRequest } from '../request/request.ts'
import { deviceStatusAt } from './summary.ts'
import type { ListenerRecord } from '../ports.ts'

/** What is told of an account rather than of a request. */
export type AccountEvent = {
  type: 'listener.drifted' | 'account.locked'
  /** The account, or the credential set that several accounts share. */
  subject: string
  id: string
  at: number
  status: string
  service?: string
}

/** What other systems are told, and in which words. */
export type RequestEvent = {
  type: 'request.submitted' | 'request.unconfirmed' | 'request.completed' | 'device.succeeded' | 'device.failed'
  requestId: string
  accountName: string
  action: ProfileRequest['action']
  /** The request's version: grows with each change; a subscriber ignores what is lower than what it has seen. */
  sequence: number
  /** Equal for a repeat of one event, different for any other. */
  id: string
  at: number
  status: string
  /** The device's position in the request, for device events. */
  position?: number
}

/**
 * What changed between two versions of a request, as events in their order. Pure, so that a repeated stream record
 * gives the very same events.
 */
export function eventsBetween(before: ProfileRequest | undefined, after: ProfileRequest): RequestEvent[] {
  // An id whose Idempotency-Key was used again after its end names another request, with events of its own.
  const was = before?.generation === after.generation ? before : undefined
  if (was !== undefined && was.version >= after.version) return []
  const id = `${after.requestId}/${after.generation}/${after.version}`
  const base = {
    requestId: after.requestId,
    accountName: after.accountName,
    action: after.action,
    sequence: after.version,
    at: after.updatedAt,
  }
  const events: RequestEvent[] = []
  for (let position = 0; position < after.deviceCount; position += 1) {
    const status = deviceStatusAt(after.fold, position)
    const told = was === undefined ? 'pending' : deviceStatusAt(was.fold, position)
    if (status === told || !isFinalDevice(status)) continue
    const type = status === 'succeeded' ? 'device.succeeded' : 'device.failed'
    events.push({ ...base, type, status, position, id: `${id}/${position}` })
  }
  const type = requestEventType(was?.fold, after.fold)
  if (type !== undefined) {
    events.push({ ...base, type, status: after.fold.status, id })
  }
  return events
}

/** Doubt alone is no news, callbacks mostly settle it; that a person is needed is. */
function requestEventType(was: Fold | undefined, fold: Fold): RequestEvent['type'] | undefined {
  if (fold.awaitingDecision > (was?.awaitingDecision ?? 0)) return 'request.unconfirmed'
  if (was?.status === fold.status) return undefined
  if (isFinalRequest(fold.status)) return 'request.completed'
  return fold.status === 'submitted' ? 'request.submitted' : undefined
}

/**
 * A registration that is not ours any more is told once, when it is found so; one that was repaired each time, because
 * somebody else keeps changing it. The very first registration of an account repairs nothing.
 */
export function eventsOfListener(before: ListenerRecord | undefined, after: ListenerRecord): AccountEvent[] {
  const { accountName, service, state, checkedAt } = after
  const drifted = state === 'absent' || state === 'other-address' || state === 'old-credentials'
  const repaired = state === 'repaired' && before !== undefined && before.checkedAt !== checkedAt
  if (!repaired && (!drifted || before?.state === state)) return []
  const id = `${accountName}/${service}/${checkedAt}`
  return [{ type: 'listener.drifted', subject: accountName, id, at: checkedAt, status: state, service }]
}
