import type { EvidenceEntry, EvidencePart } from './evidence-pack.ts'

/** The columns of the evidence as a table. */
export const evidenceColumns = [
  'sequence',
  'at',
  'what',
  'submission',
  'upstreamRequestId',
  'devices',
  'detail',
  'raw',
  'hash',
] as const

export type EvidenceRow = Readonly<Record<(typeof evidenceColumns)[number], string>>

const idsOf = (ids: readonly { kind: string; id: string }[]): string =>
  ids.map(({ kind, id }) => `${kind} ${id}`).join(', ')

type Cells = Partial<Omit<EvidenceRow, 'sequence' | 'hash'>>

function cellsOf(entry: EvidenceEntry): Cells {
  switch (entry.kind) {
    case 'order':
      return {
        at: entry.createdAt,
        what: 'order',
        upstreamRequestId: entry.upstreamRequestIds.join(', '),
        detail: `${entry.action} of ${entry.deviceCount} devices for account ${entry.accountName}, ordered by ${entry.caller}`,
      }
    case 'history': {
      const { fault, euicc, upstreamRequestId, identifiers, raw } = entry.callback ?? {}
      const code = fault?.code ?? euicc?.code
      const words = fault?.message ?? euicc?.description
      return {
        at: entry.at,
        what: entry.what,
        submission: entry.submission === undefined ? '' : String(entry.submission),
        upstreamRequestId: upstreamRequestId ?? '',
        devices: idsOf(identifiers ?? []),
        detail: [entry.detail, code, words].filter((part) => part !== undefined).join(' '),
        raw: raw ?? '',
      }
    }
    case 'device':
      return {
        what: 'device',
        submission: entry.submission === null ? '' : String(entry.submission),
        devices: idsOf(entry.deviceIds),
        detail: [
          `position ${entry.position}: ${entry.status}`,
          entry.conflict ? 'contradicted' : '',
          entry.code,
          entry.message,
        ]
          .filter((part) => part !== undefined && part !== '')
          .join(' '),
      }
  }
}

/** The entries of a part as rows of a table. */
export const evidenceRows = ({ entries }: EvidencePart): EvidenceRow[] =>
  entries.map(({ sequence, entry, hash }) => ({
    at: '',
    what: '',
    submission: '',
    upstreamRequestId: '',
    devices: '',
    detail: '',
    raw: '',
    ...cellsOf(entry),
    sequence: String(sequence),
    hash,
  }))
