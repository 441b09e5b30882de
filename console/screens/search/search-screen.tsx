import { Found } from '../../api/find.ts'
import { useWatch } from '../../api/watch.ts'
import { Grouped } from '../../parts/identifier.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { Time } from '../../parts/time.tsx'
import { route } from '../../shell/route.ts'
import { plural } from '../../words/numbers.ts'
import { RequestTable } from '../requests/request-table.tsx'

/** What was found for a text, by every meaning that it may have. */
export function SearchScreen() {
  const query = route.value.query.get('q') ?? ''
  return (
    <>
      <h1 tabIndex={-1}>Search for “{query}”</h1>
      {query.trim().length < 4 ? (
        <Notice tone="quiet" title="Type at least four characters." />
      ) : (
        <Results key={query} query={query} />
      )}
    </>
  )
}

function Results({ query }: { query: string }) {
  const watched = useWatch(`/v1/search?q=${encodeURIComponent(query)}`, Found, 15)
  const found = watched.value.value
  if (found === undefined)
    return watched.failure.value === undefined ? <p>Searching…</p> : <FailureNotice failure={watched.failure.value} />
  const { understoodAs, requests, cards, upstream, quarantined } = found
  const isEmpty = [requests, cards, upstream, quarantined].every((list) => list.length === 0)
  return (
    <>
      <p class="hint">
        {understoodAs.length === 0
          ? 'The text has the form of no identifier.'
          : `Understood as ${[...new Set(understoodAs.map(({ kind }) => wordsOf(kind)))].join(', ')}.`}
      </p>
      {isEmpty && <Notice tone="quiet" title="Nothing was found." />}
      {cards.length > 0 && <Cards cards={cards} />}
      {requests.length > 0 && (
        <>
          <h2>Requests</h2>
          <RequestTable requests={requests} />
        </>
      )}
      {upstream.length > 0 && <Upstream upstream={upstream} />}
      {quarantined.length > 0 && (
        <>
          <h2>In quarantine</h2>
          <ul>
            {quarantined.map(({ id, reason, receivedAt }) => (
              <li key={id}>
                <a href={`#/quarantine/${encodeURIComponent(id)}`}>{reason}</a>, received <Time at={receivedAt} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

const wordsOf = (kind: string): string =>
  kind === 'request' ? 'a request id' : kind === 'upstream' ? 'an upstream request id' : kind.toUpperCase()

function Cards({ cards }: { cards: Found['cards'] }) {
  return (
    <>
      <h2>Cards</h2>
      <ul class="plain">
        {cards.map(({ kind, id, requests, hasMoreRequests, orphans, quarantined }) => (
          <li key={`${kind} ${id}`}>
            <a href={`#/cards/${kind}/${encodeURIComponent(id)}`}>
              {kind.toUpperCase()} <Grouped id={id} />
            </a>{' '}
            {plural(requests, 'request')}
            {hasMoreRequests === true ? ' or more' : ''}
            {orphans > 0 && `, ${plural(orphans, 'orphan')}`}
            {quarantined > 0 && `, ${quarantined} in quarantine`}
          </li>
        ))}
      </ul>
    </>
  )
}

function Upstream({ upstream }: { upstream: Found['upstream'] }) {
  return (
    <>
      <h2>Upstream request ids</h2>
      <ul class="plain">
        {upstream.map(({ upstreamRequestId, accountName, requestId, orphan }) => (
          <li key={upstreamRequestId}>
            <code>{upstreamRequestId}</code>{' '}
            {requestId === undefined ? '' : <a href={`#/requests/${requestId}`}>its request</a>}
            {orphan && `callbacks without a request, in the account ${accountName}`}
          </li>
        ))}
      </ul>
    </>
  )
}
