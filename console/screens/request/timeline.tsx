import { type HistoryEntry, Timeline as TimelinePage } from '../../api/history.ts'
import type { Request } from '../../api/requests.ts'
import { useWatch } from '../../api/watch.ts'
import { CardLink } from '../../parts/identifier.tsx'
import { More } from '../../parts/more.tsx'
import { FailureNotice } from '../../parts/notice.tsx'
import { usePages } from '../../parts/paged.ts'
import { Raw } from '../../parts/raw.tsx'
import { State } from '../../parts/state.tsx'
import { Ago, Time } from '../../parts/time.tsx'
import { plural } from '../../words/numbers.ts'
import { forReaders } from './next-box.tsx'

/** What happened to a request, oldest first: attempts, callbacks as they came beside what was understood, decisions. */
export function Timeline({ request }: { request: Request }) {
  const path = `/v1/requests/${request.requestId}/timeline?limit=100`
  const watched = useWatch(path, TimelinePage, 5)
  const page = watched.value.value
  return (
    <section aria-label="Timeline">
      <FailureNotice failure={watched.failure.value} />
      {page === undefined ? (
        watched.failure.value === undefined && <p>Loading…</p>
      ) : (
        <Entries path={path} request={request} total={page.total} first={page} />
      )}
    </section>
  )
}

type Props = {
  path: string
  request: Request
  total: number
  first: { items: readonly HistoryEntry[]; nextCursor: string | null }
}

function Entries({ path, request: { next }, total, first }: Props) {
  const pages = usePages({ path, schema: TimelinePage, first, nameOf: (entry) => JSON.stringify(entry) })
  const { items, hasMore } = pages
  return (
    <>
      <p class="hint">{plural(total, 'entry', 'entries')}, oldest first.</p>
      <ol class="timeline">
        {items.map((entry, index) => (
          <Entry key={index} entry={entry} />
        ))}
        {!hasMore && next !== null && (
          <li class="future">
            <span class="stamp">{next.at === null ? 'next' : <Ago at={next.at} />}</span>
            <div>
              <strong>next</strong> {forReaders(next.why)}
            </div>
          </li>
        )}
      </ol>
      <More pages={pages} label="Show later entries" />
    </>
  )
}

function Entry({ entry: { at, what, detail, submission, event, callback } }: { entry: HistoryEntry }) {
  return (
    <li>
      <span class="stamp">
        <Time at={at} />
      </span>
      <div>
        <strong>{what}</strong> {detail}
        {submission !== undefined && <small> submission {submission}</small>}
        {event !== undefined && <small> told as {event}</small>}
        {callback !== undefined && <Callback callback={callback} />}
      </div>
    </li>
  )
}

function Callback({ callback }: { callback: NonNullable<HistoryEntry['callback']> }) {
  const { upstreamRequestId, identifiers, verdict, fault, euicc, note, raw, adopted, isResult } = callback
  const said = [fault?.code ?? euicc?.code, fault?.message ?? euicc?.description].filter(Boolean).join(': ')
  return (
    <div class="beside">
      <div>
        <p>
          <State of="device" state={verdict} /> {said}
          {!isResult && ' (did not replace the result)'}
          {adopted && ' (adopted: no response had named its id)'}
        </p>
        {identifiers.map(({ kind, id }) => (
          <p key={kind}>
            {kind.toUpperCase()} <CardLink kind={kind} id={id} />
          </p>
        ))}
        {note !== undefined && <p>{note}</p>}
        <p>
          Upstream <code>{upstreamRequestId}</code>
        </p>
      </div>
      <Raw text={raw} title="As ThingSpace sent it" />
    </div>
  )
}
