import { Card } from '../../api/find.ts'
import { useWatch } from '../../api/watch.ts'
import { Copy, Grouped } from '../../parts/identifier.tsx'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { route } from '../../shell/route.ts'
import { CardHistory } from './card-history.tsx'
import { Names } from './names.tsx'
import { OpenEntries, Orphans, QuarantinedOfCard } from './doubts.tsx'

/** One card: what is open or in doubt, what ThingSpace assigned, and every order that named it. */
export function CardScreen() {
  const [, kind = '', id = ''] = route.value.path
  const path = `/v1/cards/${encodeURIComponent(kind)}/${encodeURIComponent(id)}?limit=20`
  const watched = useWatch(path, Card, 5)
  const card = watched.value.value
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>
          {kind.toUpperCase()} <Grouped id={id} /> <Copy text={id} what={kind.toUpperCase()} />
        </h1>
        <Freshness of={watched} />
      </div>
      <FailureNotice failure={watched.failure.value} />
      {card !== undefined && (
        <>
          <Doubts card={card} />
          <Names card={card} />
          <h2>Orders</h2>
          {card.requests.length === 0 ? (
            <Notice tone="quiet" title="No order has named it." />
          ) : (
            <CardHistory path={path} first={{ items: card.requests, nextCursor: card.nextCursor }} />
          )}
        </>
      )}
    </>
  )
}

function Doubts({ card: { open = [], orphans = [], quarantined = [], mayHaveMoreOpen } }: { card: Card }) {
  if (open.length + orphans.length + quarantined.length === 0)
    return <Notice tone="good" title="Nothing is open or in doubt." />
  return (
    <>
      {open.length > 0 && <OpenEntries open={open} hasMore={mayHaveMoreOpen === true} />}
      {orphans.length > 0 && <Orphans orphans={orphans} />}
      {quarantined.length > 0 && <QuarantinedOfCard messages={quarantined} />}
    </>
  )
}
