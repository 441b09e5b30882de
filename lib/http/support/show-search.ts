import * as z from 'zod/mini'
import type { Clock } from '../../profile/ports.ts'
import type { QuarantinedMessage } from '../../profile/callback/quarantine-store.ts'
import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import { viewListed } from '../../profile/status/request-view.ts'
import { search, type SearchDependencies } from '../../profile/support/find/search.ts'
import { understandQuery } from '../../profile/support/find/understand-query.ts'
import type { ApiAnswer } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { readParameters } from '../parameters.ts'
import { publicId } from '../quarantine-id.ts'
import { asListed } from '../requests/as-of-now.ts'
import { readerOf } from './reader.ts'

export type ShowSearchDependencies = SearchDependencies & {
  store: Pick<SubmissionStore, 'listSubmissions'>
  clock: Clock
  servedAccounts: readonly string[]
}

/** Query of GET /v1/search. */
export const SearchQuery = z.strictObject({
  q: z.string().check(z.trim(), z.minLength(4), z.maxLength(200)),
  accountName: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
})

/** A quarantined message as callers see it: without its text. Its id is that of the operators' routes. */
export const viewQuarantined = ({
  id,
  accountName,
  reason,
  receivedAt,
  lastReceivedAt,
  count,
}: QuarantinedMessage) => ({
  id: publicId(id),
  accountName,
  reason,
  receivedAt: new Date(receivedAt).toISOString(),
  lastReceivedAt: new Date(lastReceivedAt).toISOString(),
  count,
})

/** GET /v1/search: finds requests, cards, upstream request ids and quarantined messages by any identifier. */
export async function showSearch(
  caller: Caller,
  query: unknown,
  dependencies: ShowSearchDependencies,
): Promise<ApiAnswer> {
  const { q, accountName } = readParameters(SearchQuery, query)
  const understoodAs = understandQuery(q)
  const reader = readerOf(caller, { accountName, servedAccounts: dependencies.servedAccounts })
  const found = await search(understoodAs, reader, dependencies)
  const requests = []
  for (const { request, matchedBy } of found.requests) {
    requests.push({ ...viewListed(await asListed(request, dependencies)), matchedBy })
  }
  return {
    status: 200,
    body: {
      query: q,
      understoodAs,
      requests,
      cards: found.cards.map(({ card, ...counts }) => ({ ...card, ...counts, links: { card: cardPath(card) } })),
      upstream: found.upstream.map((each) => ({ ...each, orphan: each.requestId === undefined })),
      quarantined: found.quarantined.map(viewQuarantined),
    },
  }
}

const cardPath = ({ kind, id }: { kind: string; id: string }): string => `/v1/cards/${kind}/${encodeURIComponent(id)}`
