import { randomUUID } from 'node:crypto'
import type { AuditOrigin } from './profile/audit/audit-entry.ts'
import { type AuditTrail, createAuditTrail } from './profile/audit/audit-trail.ts'
import type { Log } from './profile/ports.ts'
import { auditStore } from './store/audit/audit-entries.ts'
import type { Table } from './store/table/table.ts'

/** Creates the audit trail of a function or a command over the table. `retainSeconds` is the audit's own retention. */
export const connectAudit = ({
  table,
  retainSeconds,
  origin,
  log,
}: {
  table: Table
  retainSeconds: number
  origin: AuditOrigin
  log: Log
}): AuditTrail =>
  createAuditTrail({ store: auditStore(table, { retainSeconds }), origin, newId: randomUUID, clock: table.clock, log })
