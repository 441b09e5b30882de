import type { Identifier } from '../../order/identifiers.ts'
import { mentionsOfIdentifier, canonicalMention } from '../../callback/mentions.ts'
import type { QuarantinedMessage, QuarantineReview } from '../../callback/quarantine-store.ts'
import type { DeviceStore } from '../../request/device-link.ts'
import type { RequestStore } from '../../request/request-store.ts'
import type { ProfileRequest } from '../../request/request.ts'
import type { UpstreamStore } from '../../request/result-store.ts'
import { type MayUse, ownLinks } from './own-links.ts'
import type { Understanding, UpstreamMeaning } from './understand-query.ts'

export type SearchDependencies = {
  store: Pick<RequestStore, 'getRequest'> &
    Pick<DeviceStore, 'listLinks' | 'cursorBehindLink'> &
    Pick<UpstreamStore, 'findUpstreamLink' | 'getOrphan' | 'listOrphansOf'> &
    Pick<QuarantineReview, 'listMentions'>
}

/** The reader: what it may see, and the accounts in which upstream request ids and orphans are looked up. */
export type Reader = { mayUse: MayUse; accounts: readonly string[] }

/** An upstream request id that was found. Without a request it is an orphan. */
export type FoundUpstream = { upstreamRequestId: string; accountName: string; requestId?: string }

/** What a search found. `hasMoreRequests` is true if a card has more requests than are listed. */
export type Found = {
  requests: { request: ProfileRequest; matchedBy: Understanding }[]
  cards: { card: Identifier; requests: number; hasMoreRequests: boolean; orphans: number; quarantined: number }[]
  upstream: FoundUpstream[]
  quarantined: QuarantinedMessage[]
}

/** Rows of each kind that one meaning adds. */
const foundOfEach = 10

/**
 * Looks a text up in every meaning that it may have. The number of reads is bounded: a few queries for each spelling of
 * an identifier, one for each account of the reader, and `foundOfEach` rows of each kind.
 */
export async function search(
  meanings: readonly Understanding[],
  reader: Reader,
  { store }: SearchDependencies,
): Promise<Found> {
  const all: Found = { requests: [], cards: [], upstream: [], quarantined: [] }
  for (const meaning of meanings) {
    const found = await lookUp(meaning, reader, store)
    all.requests.push(...found.requests)
    all.cards.push(...found.cards)
    all.upstream.push(...found.upstream)
    all.quarantined.push(...found.quarantined)
  }
  return {
    requests: onceEach(all.requests, ({ request }) => request.requestId),
    cards: all.cards,
    upstream: onceEach(all.upstream, ({ accountName, upstreamRequestId }) => `${accountName} ${upstreamRequestId}`),
    quarantined: onceEach(all.quarantined, ({ id }) => id),
  }
}

const onceEach = <Row>(rows: readonly Row[], nameOf: (row: Row) => string): Row[] =>
  [...new Map(rows.toReversed().map((row) => [nameOf(row), row])).values()].toReversed()

async function lookUp(meaning: Understanding, reader: Reader, store: SearchDependencies['store']): Promise<Found> {
  switch (meaning.kind) {
    case 'request':
      return requestOf(meaning.id, { meaning, reader, store })
    case 'upstream':
      return upstreamOf(meaning, reader, store)
    default:
      return cardOf(meaning, reader, store)
  }
}

const nothing: Found = { requests: [], cards: [], upstream: [], quarantined: [] }

async function requestOf(
  requestId: string,
  { meaning, reader, store }: { meaning: Understanding; reader: Reader; store: SearchDependencies['store'] },
): Promise<Found> {
  const request = await store.getRequest(requestId)
  if (request === undefined || !reader.mayUse(request.accountName)) return nothing
  return { ...nothing, requests: [{ request, matchedBy: meaning }] }
}

async function upstreamOf(
  meaning: UpstreamMeaning,
  { mayUse, accounts }: Reader,
  store: SearchDependencies['store'],
): Promise<Found> {
  const requests: Found['requests'] = []
  const upstream: FoundUpstream[] = []
  for (const accountName of accounts) {
    const name = { accountName, upstreamRequestId: meaning.id }
    const link = await store.findUpstreamLink(name)
    if (link !== undefined) {
      upstream.push({ ...name, requestId: link.requestId })
      const request = await store.getRequest(link.requestId)
      if (request !== undefined) requests.push({ request, matchedBy: meaning })
    } else if ((await store.getOrphan(name)) !== undefined) upstream.push(name)
  }
  const quarantined = await store.listMentions([canonicalMention(meaning.id)], foundOfEach)
  return { requests, cards: [], upstream, quarantined: quarantined.filter(({ accountName }) => mayUse(accountName)) }
}

async function cardOf(card: Identifier, { mayUse, accounts }: Reader, store: SearchDependencies['store']) {
  const [links, quarantined, orphans] = await Promise.all([
    ownLinks(card, { limit: foundOfEach }, { mayUse, store }),
    messagesNaming(card, mayUse, store),
    orphansNaming(card, accounts, store),
  ])
  const requests: Found['requests'] = []
  for (const { requestId, generation } of links.rows) {
    const request = await store.getRequest(requestId)
    if (request?.generation === generation) requests.push({ request, matchedBy: card })
  }
  const hasAny = requests.length + orphans.length + quarantined.length > 0
  const counts = {
    requests: requests.length,
    hasMoreRequests: links.cursor !== undefined,
    orphans: orphans.length,
    quarantined: quarantined.length,
  }
  return { requests, cards: hasAny ? [{ card, ...counts }] : [], upstream: orphans, quarantined }
}

/** Messages in quarantine that seem to name the card, of the reader's accounts. */
export async function messagesNaming(
  card: Identifier,
  mayUse: MayUse,
  store: Pick<QuarantineReview, 'listMentions'>,
): Promise<QuarantinedMessage[]> {
  const messages = await store.listMentions(mentionsOfIdentifier(card), foundOfEach)
  return messages.filter(({ accountName }) => mayUse(accountName))
}

/** Orphans whose results name the card. An index entry of an id that belongs to a request by now is left out. */
export async function orphansNaming(
  card: Identifier,
  accounts: readonly string[],
  store: Pick<UpstreamStore, 'listOrphansOf' | 'getOrphan' | 'findUpstreamLink'>,
): Promise<FoundUpstream[]> {
  const found: FoundUpstream[] = []
  for (const accountName of accounts) {
    for (const upstreamRequestId of (await store.listOrphansOf(accountName, [card])).slice(0, foundOfEach)) {
      const name = { accountName, upstreamRequestId }
      const [orphan, link] = await Promise.all([store.getOrphan(name), store.findUpstreamLink(name)])
      if (orphan !== undefined && link === undefined) found.push(name)
    }
  }
  return found
}
