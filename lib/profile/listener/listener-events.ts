import type { ListenerRecord } from './listener-store.ts'
import type { AccountEvent } from '../request/event-types.ts'

/**
 * Lists the events for a changed listener record. A drifted registration raises an event once, when it is first found. A
 * repaired one raises an event each time, because another party may be changing it repeatedly. The first registration of
 * an account is not a repair.
 */
export function eventsOfListener(before: ListenerRecord | undefined, after: ListenerRecord): AccountEvent[] {
  const { accountName, service, state, checkedAt } = after
  const drifted = state === 'absent' || state === 'other-address' || state === 'old-credentials'
  const repaired = state === 'repaired' && before !== undefined && before.checkedAt !== checkedAt
  if (!repaired && (!drifted || before?.state === state)) return []
  const id = `${accountName}/${service}/${checkedAt}`
  return [{ type: 'listener.drifted', subject: accountName, id, at: checkedAt, status: state, service }]
}
