import { audited, type AuditTrail } from '../audit/audit-trail.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { CallbackReading, NormalisedCallback } from '../request/callback.ts'
import { maskIdentifier } from '../order/identifiers.ts'
import type { QuarantineReview, Quarantined } from '../callback/quarantine-store.ts'
import type { Log } from '../ports.ts'
import { PoisonedItem } from '../request/poisoned-item.ts'
import { Unstorable } from '../callback/unstorable.ts'

export type RerunDependencies = {
  store: Pick<ResultStore, 'recordResult'> & Pick<QuarantineReview, 'removeQuarantined'>
  /** Reads a callback without the size limit of the record-callbacks function. */
  readCallback: (body: string) => CallbackReading
  audit: AuditTrail
  log: Log
}

/** The outcome of a rerun. Only a recorded message, including a duplicate, leaves quarantine. */
export type RerunOutcome =
  | { kind: 'recorded' | 'duplicate' | 'outranked' | 'conflict' }
  | { kind: 'not-understood'; reason: string }
  | { kind: 'not-authentic' }
  | { kind: 'too-much-evidence' }
  | { kind: 'not-storable' }
  /** An earlier result of the same device is stored, and cannot be read. */
  | { kind: 'poisoned-result' }

/** Whether a message leaves quarantine with this outcome. */
export const leavesQuarantine: Readonly<Record<RerunOutcome['kind'], boolean>> = {
  recorded: true,
  duplicate: true,
  outranked: true,
  conflict: true,
  'not-understood': false,
  'not-authentic': false,
  'too-much-evidence': false,
  'not-storable': false,
  'poisoned-result': false,
}

/** Reasons for quarantine that concern the sender and not the content of a message. */
const notAuthentic: ReadonlySet<string> = new Set(['wrong-credentials', 'credentials-missing', 'unlisted-address'])

/** Whether a message is in quarantine because its sender was not authenticated. An operator must accept it. */
export const isNotAuthentic = ({ reason }: Pick<Quarantined, 'reason'>): boolean => notAuthentic.has(reason)

/**
 * Reads a quarantined message with the current code and records it as a callback. It is recorded before it is removed from
 * quarantine. After a crash in between, the next rerun finds a duplicate and removes it.
 */
export async function rerunQuarantined(
  message: Quarantined & { id: string },
  { acceptNotAuthentic, by }: { acceptNotAuthentic: boolean; by: string },
  dependencies: RerunDependencies,
): Promise<RerunOutcome> {
  if (isNotAuthentic(message) && !acceptNotAuthentic) return { kind: 'not-authentic' }
  const reading = dependencies.readCallback(message.raw)
  if (reading.kind === 'not-understood') return { kind: 'not-understood', reason: reading.reason }
  const { accountName, reason, id } = message
  return audited(
    dependencies.audit,
    { act: 'quarantine.rerun', actor: by, accountName, subject: id, detail: { reason, acceptNotAuthentic } },
    {
      effect: () => recordMessage(message, { callback: reading.callback, by }, dependencies),
      outcomeOf: ({ kind }) => ({
        result: leavesQuarantine[kind] ? 'done' : 'nothing-done',
        detail: { outcome: kind },
      }),
    },
  )
}

async function recordMessage(
  message: Quarantined & { id: string },
  { callback, by }: { callback: NormalisedCallback; by: string },
  { store, log }: RerunDependencies,
): Promise<RerunOutcome> {
  const { accountName, receivedAt, reason } = message
  // The sender is not authenticated, so the result states that an operator vouches for it.
  const provenance = isNotAuthentic(message) ? { provenance: 'operator' as const } : {}
  const outcome = await recorded({ ...callback, ...provenance }, { accountName, receivedAt }, store)
  if (outcome === 'full') return { kind: 'too-much-evidence' }
  if (outcome === 'unstorable') return { kind: 'not-storable' }
  if (outcome === 'poisoned') return { kind: 'poisoned-result' }
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
    if (error instanceof PoisonedItem) return 'poisoned'
    throw error
  }
}
