import * as z from 'zod/mini'
import type { Identifier } from '../../profile/order/identifiers.ts'
import { IdentifierKind } from '../../profile/order/identifiers.ts'
import { assignedTo, type CardDependencies, cardFacts, otherNames } from '../../profile/support/find/card.ts'
import { understandQuery } from '../../profile/support/find/understand-query.ts'
import type { ApiAnswer } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { cursorText } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'
import { historyPage } from '../requests/history-page.ts'
import { readerOf } from './reader.ts'
import { viewQuarantined } from './show-search.ts'

export type ShowCardDependencies = CardDependencies & { servedAccounts: readonly string[] }

const CardPath = z.object({
  kind: z.pipe(z.string().check(z.toLowerCase()), IdentifierKind),
  id: z.string().check(z.minLength(1), z.maxLength(100)),
})

/** Query of GET /v1/cards/{kind}/{id}. */
export const CardQuery = z.strictObject({
  limit: z._default(z.coerce.number().check(z.int(), z.positive()), 20),
  cursor: z.optional(cursorText),
})

/** Most bytes of the requests of a page. The rest of an answer is for what stands beside them. */
const mostRequestBytes = 4_000_000

/** Reads the identifier of a path in any usual spelling. Throws an `invalid-parameter` problem for any other text. */
function readCard(path: unknown): Identifier {
  const { kind, id } = readParameters(CardPath, path)
  for (const meaning of understandQuery(`${kind}: ${id}`)) {
    if (meaning.kind === kind) return { kind, id: meaning.id }
    // A telephone number with its country code is an MSISDN. Both kinds share their links.
    if (kind === 'mdn' && meaning.kind === 'msisdn') return { kind: meaning.kind, id: meaning.id }
  }
  throw new ProblemError('invalid-parameter', { detail: `this is no ${kind.toUpperCase()}` })
}

/**
 * GET /v1/cards/{kind}/{id}: everything that ever named a card. `open`, `orphans` and `quarantined` stand on the first
 * page only; the pages list the requests, newest first.
 */
export async function showCard(
  caller: Caller,
  { path, query }: { path: unknown; query: unknown },
  dependencies: ShowCardDependencies,
): Promise<ApiAnswer> {
  const card = readCard(path)
  const { limit, cursor } = readParameters(CardQuery, query)
  const reader = readerOf(caller, { servedAccounts: dependencies.servedAccounts })
  const { items: requests, nextCursor } = await historyPage(
    card,
    { limit, cursor, mayUse: reader.mayUse, list: { card }, mostBytes: mostRequestBytes },
    dependencies,
  )
  const devices = requests.flatMap(({ device }) => device ?? [])
  return {
    status: 200,
    body: {
      card,
      ...(cursor === undefined ? await firstPage(card, { reader, dependencies }) : {}),
      alsoNamed: otherNames(card, devices),
      assigned: assignedTo(devices),
      requests,
      nextCursor,
    },
  }
}

const iso = (instant: number): string => new Date(instant).toISOString()

async function firstPage(
  card: Identifier,
  { reader, dependencies }: { reader: ReturnType<typeof readerOf>; dependencies: CardDependencies },
) {
  const { open, mayHaveMoreOpen, orphans, quarantined } = await cardFacts(card, reader, dependencies)
  return {
    open: open.map(({ request, position, status }) => ({
      requestId: request.requestId,
      accountName: request.accountName,
      action: request.action,
      createdAt: iso(request.createdAt),
      requestStatus: request.summary.status,
      position,
      status,
    })),
    mayHaveMoreOpen,
    orphans: orphans.map((orphan) => ({
      ...orphan,
      firstReceivedAt: iso(orphan.firstReceivedAt),
      results: orphan.results.map((result) => ({
        ...result,
        receivedAt: iso(result.receivedAt),
        raw: result.raw.slice(0, rawShown),
      })),
    })),
    quarantined: quarantined.map((message) => ({ ...viewQuarantined(message), raw: message.raw.slice(0, rawShown) })),
  }
}

/** Characters of a message that a card page shows. The operators' routes and the evidence show the whole. */
const rawShown = 8000
