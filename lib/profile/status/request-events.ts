import type { RequestEvent } from '../request/event-types.ts'
import type { ProfileRequest } from '../request/request.ts'
import { isFinalDevice, isFinalRequest } from '../request/states.ts'
import type { Summary } from '../request/summary.ts'
import { deviceStatusAt } from './device-states.ts'

/**
 * Lists the events between two stored versions of a request: final devices first, then the request itself. Called with
 * each stream record of a request. A repeated record gives the same events with the same ids, so subscribers can
 * deduplicate them.
 */
export function eventsBetween(before: ProfileRequest | undefined, after: ProfileRequest): RequestEvent[] {
  // If an Idempotency-Key is reused after its request expired, the id is the same, but the request is new.
  const was = before?.generation === after.generation ? before : undefined
  if (was !== undefined && was.version >= after.version) return []
  const id = `${after.requestId}/${after.generation}/${after.version}`
  const base = {
    requestId: after.requestId,
    accountName: after.accountName,
    action: after.action,
    sequence: after.version,
    at: after.updatedAt,
    ...(after.traceparent === undefined ? {} : { traceparent: after.traceparent }),
  }
  const events: RequestEvent[] = []
  for (let position = 0; position < after.deviceCount; position += 1) {
    const status = deviceStatusAt(after.summary, position)
    const reported = was === undefined ? 'pending' : deviceStatusAt(was.summary, position)
    if (status === reported || !isFinalDevice(status)) continue
    const type = status === 'succeeded' ? 'device.succeeded' : 'device.failed'
    events.push({ ...base, type, status, position, id: `${id}/${position}` })
  }
  const type = requestEventType(was?.summary, after.summary)
  if (type !== undefined) {
    events.push({ ...base, type, status: after.summary.status, id })
  }
  return events
}

/**
 * The event of the request itself, if any. A submission that only waits for callbacks raises no event, because they
 * usually arrive. One that waits for a decision does.
 */
function requestEventType(was: Summary | undefined, summary: Summary): RequestEvent['type'] | undefined {
  if (summary.awaitingDecision > (was?.awaitingDecision ?? 0)) return 'request.unconfirmed'
  if (was?.status === summary.status) return undefined
  if (isFinalRequest(summary.status)) return 'request.completed'
  return summary.status === 'submitted' ? 'request.submitted' : undefined
}
