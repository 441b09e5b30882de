import * as z from 'zod/mini'
import type { AuditTrail } from '../../profile/audit/audit-trail.ts'
import type { QuarantinedMessage, QuarantineReview } from '../../profile/callback/quarantine-store.ts'
import type { Clock } from '../../profile/ports.ts'
import { dismissQuarantined } from '../../profile/support/dismiss-quarantine.ts'
import {
  isNotAuthentic,
  leavesQuarantine,
  type RerunDependencies,
  rerunQuarantined,
} from '../../profile/support/rerun-quarantine.ts'
import type { ApiAnswer, ApiEvent } from '../api-call.ts'
import { type Caller, mayUse } from '../caller.ts'
import { cursorText, largestListPage, listLimit, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { publicId, storedId } from '../quarantine-id.ts'
import { ProblemError } from '../problem.ts'
import { readDecision } from '../requests/read-decision.ts'

export const QuarantineQuery = z.strictObject({ limit: listLimit, cursor: z.optional(cursorText) })
/** Body of /rerun. `acceptUnauthenticated` vouches for a message whose sender was not authenticated. */
export const RerunBody = z.strictObject({ acceptUnauthenticated: z._default(z.boolean(), false) })
/** Body of /dismiss. */
export const DismissBody = z.strictObject({ reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(300)) })

export type QuarantineDependencies = RerunDependencies & {
  store: RerunDependencies['store'] & QuarantineReview
  audit: AuditTrail
  clock: Clock
}

const iso = (instant: number): string => new Date(instant).toISOString()

const viewListed = ({ id, accountName, receivedAt, lastReceivedAt, reason, count, raw }: QuarantinedMessage) => ({
  id: publicId(id),
  accountName,
  receivedAt: iso(receivedAt),
  lastReceivedAt: iso(lastReceivedAt),
  reason,
  count,
  characters: raw.length,
})

/** GET /v1/operate/quarantine: the messages of the caller's accounts, in no particular order. */
export async function listQuarantine(
  caller: Caller,
  query: unknown,
  { store }: QuarantineDependencies,
): Promise<ApiAnswer> {
  const { limit, cursor } = readParameters(QuarantineQuery, query)
  const filters = { list: 'quarantine' }
  const { rows, ...page } = await store.listQuarantine({
    limit: Math.min(limit, largestListPage),
    ...(cursor === undefined ? {} : { cursor: openCursor(cursor, filters, /^QUARANTINE#\d\/[\w#-]*$/) }),
  })
  const nextCursor = page.cursor === undefined ? null : sealCursor(page.cursor, filters)
  return {
    status: 200,
    headers:
      nextCursor === null ? {} : { link: `</v1/operate/quarantine?limit=${limit}&cursor=${nextCursor}>; rel="next"` },
    body: { items: rows.filter(({ accountName }) => mayUse(caller, accountName)).map(viewListed), nextCursor },
  }
}

async function findMessage(
  caller: Caller,
  id: string | undefined,
  { store }: QuarantineDependencies,
): Promise<QuarantinedMessage> {
  const message = id === undefined || id.length > 200 ? undefined : await store.getQuarantined(storedId(id))
  if (message === undefined || !mayUse(caller, message.accountName)) {
    throw new ProblemError('not-found', { detail: 'quarantine holds no message of this id' })
  }
  return message
}

/** GET /v1/operate/quarantine/{id}: one message with its redacted text, and how this version reads it. */
export async function showQuarantined(
  caller: Caller,
  id: string | undefined,
  dependencies: QuarantineDependencies,
): Promise<ApiAnswer> {
  const message = await findMessage(caller, id, dependencies)
  const reading = dependencies.readCallback(message.raw)
  return {
    status: 200,
    body: {
      ...viewListed(message),
      raw: message.raw,
      isAuthentic: !isNotAuthentic(message),
      today:
        reading.kind === 'understood'
          ? {
              kind: reading.kind,
              upstreamRequestId: reading.callback.upstreamRequestId,
              verdict: reading.callback.verdict,
              identifiers: reading.callback.identifiers,
            }
          : { kind: reading.kind, reason: reading.reason },
    },
  }
}

/** POST /v1/operate/quarantine/{id}/rerun: records the message as a result if this version understands it. */
export async function rerunMessage(
  { event, caller }: { event: ApiEvent; caller: Caller },
  dependencies: QuarantineDependencies,
): Promise<ApiAnswer> {
  const { acceptUnauthenticated } = readDecision(RerunBody, event)
  const message = await findMessage(caller, event.pathParameters?.['id'], dependencies)
  const outcome = await rerunQuarantined(
    message,
    { acceptNotAuthentic: acceptUnauthenticated, by: caller.id },
    dependencies,
  )
  if (!leavesQuarantine[outcome.kind]) {
    const why = outcome.kind === 'not-understood' ? `${outcome.kind}: ${outcome.reason}` : outcome.kind
    throw new ProblemError('not-recorded', { detail: `the message stays in quarantine (${why})` })
  }
  return { status: 200, body: { outcome: outcome.kind } }
}

/** POST /v1/operate/quarantine/{id}/dismiss: removes the message for good. */
export async function dismissMessage(
  { event, caller }: { event: ApiEvent; caller: Caller },
  dependencies: QuarantineDependencies,
): Promise<ApiAnswer> {
  const { reason } = readDecision(DismissBody, event)
  const message = await findMessage(caller, event.pathParameters?.['id'], dependencies)
  if (!(await dismissQuarantined(message, { by: caller.id, why: reason }, dependencies))) {
    throw new ProblemError('not-found', { detail: 'quarantine holds no message of this id' })
  }
  return { status: 200, body: { outcome: 'dismissed' } }
}
