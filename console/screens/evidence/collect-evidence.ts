import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { Evidence } from '../../api/history.ts'

/** Reads all parts of the evidence about a request. */
export async function collectEvidence(requestId: string): Promise<Evidence | Failure> {
  const path = `/v1/requests/${encodeURIComponent(requestId)}/evidence`
  let collected: Evidence | undefined
  let cursor: string | null = ''
  while (cursor !== null) {
    const from: string = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`
    const reply = await call(`${path}${from}`, Evidence)
    if (reply.kind === 'failed') return reply.failure
    if (reply.kind === 'unchanged') break
    const part: Evidence = reply.value
    collected = collected === undefined ? part : { ...part, entries: [...collected.entries, ...part.entries] }
    cursor = part.nextCursor
  }
  return collected ?? { kind: 'unreadable', status: 200 }
}
