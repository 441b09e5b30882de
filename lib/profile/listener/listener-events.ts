import type { ListenerRecord } from './listener-store.ts'
import type { AccountEvent } from '../request/event-types.ts'

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
