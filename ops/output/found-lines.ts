import type { Identifier } from '../../lib/profile/order/identifiers.ts'
import { viewListed } from '../../lib/profile/status/request-view.ts'
import type { CardFacts } from '../../lib/profile/support/find/card.ts'
import type { LinkedRequest } from '../../lib/profile/support/find/request-of-link.ts'
import type { Found } from '../../lib/profile/support/find/search.ts'
import type { Understanding } from '../../lib/profile/support/find/understand-query.ts'
import type { Call } from '../command.ts'
import { columns } from './columns.ts'
import { plural, shownIdentifiers, shownText } from './wording.ts'

/** A card with what is known of it. `hasMore`: it has more requests than are listed. */
export type CardPage = { card: Identifier; facts: CardFacts; requests: readonly LinkedRequest[]; hasMore: boolean }

/** The lines of `find` for request ids and upstream request ids. Cards have pages of their own. */
export function foundLines({ requests, cards, upstream, quarantined }: Found, { wording }: Call): string[] {
  if (cards.length > 0) return []
  return [
    ...requests.map(
      ({ request }) =>
        `request ${request.requestId}: ${request.action}, ${request.summary.status}, ${wording.when(request.createdAt)}`,
    ),
    ...upstream.map(({ upstreamRequestId, accountName, requestId }) =>
      requestId === undefined
        ? `upstream id ${upstreamRequestId} of ${accountName} belongs to no request: see ${wording.command('orphans')}`
        : `upstream id ${upstreamRequestId} of ${accountName} belongs to request ${requestId}`,
    ),
    ...quarantined.map(({ id, reason }) => `message ${id} in quarantine (${reason}) names it`),
    ...requests.map(({ request }) => wording.command(`show ${request.requestId}`)),
  ]
}

/** The lines of `find` for a card, what needs attention first. */
export function cardLines({ card, facts, requests, hasMore }: CardPage, { wording, full }: Call): string[] {
  const { open, orphans, quarantined } = facts
  const rows = requests.map(({ request, device }) => [
    wording.at(request.createdAt),
    request.action,
    device?.status ?? 'unknown',
    shownText(device?.error?.message ?? device?.result?.fault?.message ?? '', full),
    request.requestId,
  ])
  return [
    `card ${wording.device([card])}`,
    ...(open.length === 0 ? ['  nothing is open'] : []),
    ...open.map(
      ({ request, status }) =>
        `  open: ${request.action}, ${status}, request ${request.requestId} (${request.summary.status}), ${wording.when(request.createdAt)}`,
    ),
    ...(facts.mayHaveMoreOpen ? ['  older requests were not checked'] : []),
    ...orphans.map(
      ({ upstreamRequestId, firstReceivedAt, results }) =>
        `  orphan: ${plural(results.length, 'result')} of the unknown upstream id ${upstreamRequestId}, ${wording.when(firstReceivedAt)}`,
    ),
    ...quarantined.map(
      ({ id, reason, lastReceivedAt }) => `  in quarantine: ${reason}, ${wording.when(lastReceivedAt)}, ${id}`,
    ),
    ...columns(['when', 'action', 'state', 'error', 'request'], rows).map((line) => `  ${line}`),
    ...(hasMore ? ['  and older requests'] : []),
    '',
  ]
}

const iso = (instant: number): string => new Date(instant).toISOString()

/** The same as data. */
export const foundData = ({ requests, upstream, quarantined }: Found, full: boolean) => ({
  requests: requests.map(({ request, matchedBy }) => ({
    ...viewListed(request),
    matchedBy: maskedMeaning(matchedBy, full),
  })),
  upstream,
  quarantined: quarantined.map(({ raw: _raw, ...message }) => message),
})

/** A meaning of the search text, with the identifier of a device masked unless `full`. */
export const maskedMeaning = (meaning: Understanding, full: boolean) =>
  meaning.kind === 'request' || meaning.kind === 'upstream' ? meaning : masked(meaning, full)

const masked = (identifier: Identifier, full: boolean) => shownIdentifiers([identifier], full)[0]

export const cardData = ({ card, facts, requests, hasMore }: CardPage, full: boolean) => ({
  card: masked(card, full),
  open: facts.open.map(({ request, ...rest }) => ({ requestId: request.requestId, action: request.action, ...rest })),
  mayHaveMoreOpen: facts.mayHaveMoreOpen,
  orphans: facts.orphans.map(({ upstreamRequestId, accountName, firstReceivedAt }) => ({
    upstreamRequestId,
    accountName,
    firstReceivedAt: iso(firstReceivedAt),
  })),
  quarantined: facts.quarantined.map(({ id, reason, lastReceivedAt }) => ({
    id,
    reason,
    lastReceivedAt: iso(lastReceivedAt),
  })),
  requests: requests.map(({ request, device }) => ({ ...viewListed(request), device: device?.status ?? null })),
  hasMore,
})
