import type { Card } from '../../api/find.ts'
import { Raw } from '../../parts/raw.tsx'
import { State } from '../../parts/state.tsx'
import { Ago, Time } from '../../parts/time.tsx'
import { reasonWords } from '../operate/reasons.ts'

type Open = NonNullable<Card['open']>
type OrphanList = NonNullable<Card['orphans']>
type Messages = NonNullable<Card['quarantined']>

/** The orders in which the card has no final state, oldest first. */
export function OpenEntries({ open, hasMore }: { open: Open; hasMore: boolean }) {
  return (
    <section class="box doubt">
      <h2>Open now</h2>
      <ul class="plain">
        {open.map(({ requestId, action, createdAt, requestStatus, status, position }) => (
          <li key={`${requestId} ${position}`}>
            <a href={`#/requests/${requestId}`}>{action}</a> <State of="device" state={status} /> in a request that is{' '}
            <State of="request" state={requestStatus} />, ordered <Ago at={createdAt} />
          </li>
        ))}
      </ul>
      {hasMore && <p>Older orders may be open too.</p>}
    </section>
  )
}

/** Callbacks about the card that belong to no request. */
export function Orphans({ orphans }: { orphans: OrphanList }) {
  return (
    <section class="box doubt">
      <h2>Orphans</h2>
      <p class="hint">Callbacks about this card under an upstream id that no request has.</p>
      {orphans.map(({ upstreamRequestId, accountName, results }) => (
        <div key={upstreamRequestId}>
          <p>
            <code>{upstreamRequestId}</code> for the account {accountName}
          </p>
          {results.map(({ verdict, receivedAt, raw }) => (
            <div key={receivedAt}>
              <p>
                <State of="device" state={verdict} /> <Time at={receivedAt} />
              </p>
              <Raw text={raw} />
            </div>
          ))}
        </div>
      ))}
    </section>
  )
}

/** Messages in quarantine that seem to name the card. */
export function QuarantinedOfCard({ messages }: { messages: Messages }) {
  return (
    <section class="box warn">
      <h2>In quarantine</h2>
      {messages.map(({ id, reason, receivedAt, raw }) => (
        <div key={id}>
          <p>
            {reasonWords(reason)} Received <Time at={receivedAt} />
          </p>
          {raw !== undefined && <Raw text={raw} />}
        </div>
      ))}
    </section>
  )
}
