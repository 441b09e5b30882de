import type { AuditEntry } from './audit-entry.ts'

const iso = (instant: number): string => new Date(instant).toISOString()

/**
 * An entry as the API and the command line show it, with times in ISO 8601. `result` is null while the act has no
 * outcome: it is under way, or was interrupted and may have had its effect.
 */
export const viewAuditEntry = ({ at, outcome, accountName, identity, host, ...entry }: AuditEntry) => ({
  id: entry.id,
  at: iso(at),
  act: entry.act,
  actor: entry.actor,
  via: entry.via,
  identity: identity ?? null,
  host: host ?? null,
  accountName: accountName ?? null,
  subject: entry.subject,
  detail: entry.detail,
  result: outcome?.result ?? null,
  endedAt: outcome === undefined ? null : iso(outcome.at),
  outcome: outcome?.detail ?? null,
})
export type AuditEntryView = ReturnType<typeof viewAuditEntry>
