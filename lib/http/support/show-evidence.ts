import * as z from 'zod/mini'
import type { ProfileRequest } from '../../profile/request/request.ts'
import { collectPack, type EvidencePart } from '../../profile/support/evidence/evidence-pack.ts'
import { evidenceColumns, evidenceRows } from '../../profile/support/evidence/evidence-rows.ts'
import type { ExplainDependencies } from '../../profile/support/explain-request.ts'
import { mostAnswerBytes, pageRoom } from '../answer-size.ts'
import type { ApiAnswer } from '../api-call.ts'
import { cursorText, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'
import { csvCell } from '../requests/csv-cell.ts'
import { evidencePage, evidencePolicy } from './evidence-page.ts'

export const EvidenceQuery = z.strictObject({ cursor: z.optional(cursorText) })

/** Tables repeat the names of identifiers and the marks of cells, so a part holds half of what an answer may. */
const mostPartBytes = mostAnswerBytes / 2

type Format = 'json' | 'csv' | 'html'

function chooseFormat(accept = ''): Format {
  for (const type of accept.split(',').map((entry) => entry.split(';')[0]?.trim().toLowerCase())) {
    if (type === 'text/html') return 'html'
    if (type === 'text/csv') return 'csv'
    if (type === 'application/json' || type === 'application/*' || type === '*/*' || type === '') return 'json'
  }
  throw new ProblemError('not-acceptable', { detail: 'application/json, text/csv or text/html' })
}

/**
 * GET /v1/requests/{requestId}/evidence: everything about a request for ThingSpace's support, with whole identifiers, as
 * JSON, CSV or a page to print. Large requests have several parts, which `Link` names.
 */
export async function showEvidence(
  request: ProfileRequest,
  { query, accept }: { query: unknown; accept: string | undefined },
  dependencies: ExplainDependencies,
): Promise<ApiAnswer> {
  const { requestId } = request
  const format = chooseFormat(accept)
  const { cursor } = readParameters(EvidenceQuery, query)
  const [sequence = '', hash = ''] =
    cursor === undefined ? [] : openCursor(cursor, { evidence: requestId }, /^\d{1,7}#[\da-f]{64}$/).split('#')
  const collected = await collectPack(
    requestId,
    {
      from: cursor === undefined ? undefined : { sequence: Number(sequence), hash },
      hasRoom: pageRoom(mostPartBytes),
    },
    dependencies,
  )
  if (collected === undefined) throw new ProblemError('not-found', { detail: 'the request has expired' })
  if (collected.kind === 'changed') {
    throw new ProblemError('invalid-parameter', {
      detail: 'the request has changed since the first part; start again without a cursor',
      requestId,
    })
  }
  const { part, next } = collected
  const nextCursor =
    next === undefined ? undefined : sealCursor(`${next.sequence}#${next.hash}`, { evidence: requestId })
  const path = nextCursor === undefined ? undefined : `/v1/requests/${requestId}/evidence?cursor=${nextCursor}`
  const link: Record<string, string> = path === undefined ? {} : { link: `<${path}>; rel="next"` }
  switch (format) {
    case 'json':
      return { status: 200, headers: link, body: { ...part, nextCursor: nextCursor ?? null } }
    case 'csv':
      return { status: 200, headers: { ...link, 'content-type': 'text/csv; charset=utf-8' }, body: evidenceTable(part) }
    case 'html':
      return {
        status: 200,
        headers: {
          ...link,
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': evidencePolicy,
          'referrer-policy': 'no-referrer',
        },
        body: evidencePage(part, path),
      }
  }
}

/** A part as CSV (RFC 4180), one line for each entry. */
export const evidenceTable = (part: EvidencePart): string =>
  [
    evidenceColumns.join(','),
    ...evidenceRows(part).map((row) => evidenceColumns.map((column) => csvCell(row[column])).join(',')),
  ]
    .map((line) => `${line}\r\n`)
    .join('')
