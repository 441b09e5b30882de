import type { ResultStore } from '../request/result-store.ts'
import type { CallbackReading, NormalisedCallback } from '../request/callback.ts'
import { maskIdentifier } from '../order/identifiers.ts'
import type { QuarantineReview, Quarantined } from '../callback/quarantine-store.ts'
import type { Log } from '../ports.ts'
import { Unstorable } from '../callback/unstorable.ts'

export type RerunDependencies = {
  store: Pick<ResultStore, 'recordResult'> & Pick<QuarantineReview, 'removeQuarantined'>
  /** Reads texts that are too large for the function that takes callbacks, too. */
  readCallback: (body: string) => CallbackReading
  log: Log
}

/** What reading a quarantined message once more gives. Only what was recorded (now or before) leaves quarantine. */
export type RerunOutcome =
  | { kind: 'recorded' | 'duplicate' | 'outranked' | 'conflict' }
  | { kind: 'not-understood'; reason: string }
  | { kind: 'not-authentic' }
  | { kind: 'too-much-evidence' }
  | { kind: 'not-storable' }

/** Set aside because of who sent it, not of what it says: nobody has shown that it comes from ThingSpace. */
const notAuthentic: ReadonlySet<string> = new Set(['wrong-credentials', 'credentials-missing', 'unlisted-address'])

/** Whether a message stays where it is unless an operator says that its sender may be believed. */
export const isNotAuthentic = ({ reason }: Pick<Quarantined, 'reason'>): boolean => notAuthentic.has(reason)

/**
 * Reads a quarantined message by the code of today and records it as the callback it is. Recording comes first and a
 * repeat is a duplicate, so a crash between the two loses nothing.
 */
export async function rerunQuarantined(
  message: Quarantined & { id: string },
  { acceptNotAuthentic, by }: { acceptNotAuthentic: boolean; by: string },
  { store, readCallback, log }: RerunDependencies,
): Promise<RerunOutcome> {
  if (isNotAuthentic(message) && !acceptNotAuthentic) return { kind: 'not-authentic' }
  const reading = readCallback(message.raw)
  if (reading.kind === 'not-understood') return { kind: 'not-understood', reason: reading.reason }
  const { accountName, receivedAt, reason } = message
  const { callback } = reading
  // Who sent it was never shown; that it counts all the same is the operator's word.
  const provenance = isNotAuthentic(message) ? { provenance: 'operator' as const } : {}
  const outcome = await recorded({ ...callback, ...provenance }, { accountName, receivedAt }, store)
  if (outcome === 'full') return { kind: 'too-much-evidence' }
  if (outcome === 'unstorable') return { kind: 'not-storable' }
  await store.removeQuarantined(message.id)
  log.info('quarantined callback recorded', {
    accountName,
    upstreamRequestId: callback.upstreamRequestId,
    devices: callback.identifiers.map(maskIdentifier),
    verdict: callback.verdict,
    outcome,
    quarantinedFor: reason,
    by,
  })
  return { kind: outcome }
}

async function recorded(
  callback: NormalisedCallback,
  arrival: { accountName: string; receivedAt: number },
  store: RerunDependencies['store'],
) {
  try {
    return await store.recordResult(callback, arrival)
  } catch (error) {
    if (error instanceof Unstorable) return 'unstorable'
    throw error
  }
}
