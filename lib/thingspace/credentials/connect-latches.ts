import type { AuditTrail } from '../../profile/audit/audit-trail.ts'
import { allCredentialSets } from './credential-set.ts'
import { inspectLatch, type Latch, type LatchDependencies, openLatch } from './open-latch.ts'

/** The login latches of every credential set of a gateway. */
export type Latches = {
  credentialSets: readonly string[]
  inspect: (credentialSet: string) => Promise<Latch>
  /** Returns false if the latch has changed since it was inspected. */
  open: (seen: Latch, by: string) => Promise<boolean>
}

/** Connects the latches of the credential sets that accounts are assigned to. */
export const connectLatches = (
  credentialSets: Readonly<Record<string, string>>,
  dependencies: LatchDependencies & { audit: AuditTrail },
): Latches => ({
  credentialSets: allCredentialSets(credentialSets),
  inspect: (credentialSet) => inspectLatch(credentialSet, dependencies),
  open: (seen, by) => openLatch(seen, by, dependencies),
})
