import type { Log } from '../ports.ts'
import { isOpen } from './ask.ts'
import type { Flow } from './flow.ts'

/** A pause that becomes longer by less than this is the same one: calls that were under way were answered alike. */
const samePauseMilliseconds = 60_000

/** Logs a change of what a credential set may do. Calls that change nothing are not logged. */
export function logFlow(
  { before, after, credentialSet }: { before: Flow | undefined; after: Flow; credentialSet: string },
  { most, now, log }: { most: number; now: number; log: Log },
): void {
  const { limit, failures, stops, pause } = after
  const known = before?.pause?.until ?? 0
  const asked = pause?.why === 'retry-after' ? pause.until : 0
  if (asked > (known > now ? known + samePauseMilliseconds : now)) {
    log.warn('calls paused', { credentialSet, pauseSeconds: Math.round((asked - now) / 1000) })
  }
  if (stops > (before?.stops ?? 0)) {
    const pauseSeconds = Math.max(0, Math.round(((pause?.until ?? now) - now) / 1000))
    return log.warn('calls stopped', { credentialSet, failures, stops, pauseSeconds })
  }
  if (before !== undefined && before.stops > 0 && stops === 0) {
    return log.info('calls resumed', { credentialSet, limit })
  }
  if (limit < (before?.limit ?? most)) return log.warn('calls limited', { credentialSet, limit, most })
  if (!isOpen(before, most) && isOpen(after, most)) log.info('calls no longer limited', { credentialSet })
}
