import { audited, type AuditTrail } from '../audit/audit-trail.ts'
import type { QuarantinedMessage, QuarantineReview } from '../callback/quarantine-store.ts'
import type { Clock } from '../ports.ts'

export type DismissDependencies = {
  store: Pick<QuarantineReview, 'dismissQuarantined'>
  audit: AuditTrail
  clock: Clock
}

/**
 * Removes a message from quarantine without recording it, and keeps who decided it and why. Returns false if the
 * message was no longer there.
 */
export const dismissQuarantined = (
  message: QuarantinedMessage,
  { by, why }: { by: string; why: string },
  { store, audit, clock }: DismissDependencies,
): Promise<boolean> =>
  audited(
    audit,
    {
      act: 'quarantine.dismiss',
      actor: by,
      accountName: message.accountName,
      subject: message.id,
      detail: { reason: message.reason, why, messages: message.count },
    },
    {
      effect: () => store.dismissQuarantined(message, { by, why, at: clock() }),
      outcomeOf: (isRemoved) => ({ result: isRemoved ? 'done' : 'nothing-done' }),
    },
  )
