import { useSignal } from '@preact/signals'
import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { type ListedRequest, RequestPage } from '../../api/requests.ts'
import { useWatch } from '../../api/watch.ts'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { account } from '../../shell/account.ts'
import { route } from '../../shell/route.ts'
import { Filters } from './filters.tsx'
import { RequestTable } from './request-table.tsx'

/** The requests of an account, newest first. */
export function RequestsScreen() {
  return (
    <>
      <h1 tabIndex={-1}>Requests</h1>
      {account.value === '' ? (
        <Notice tone="quiet" title="Choose an account.">
          Your sign-in is for all accounts. Enter the name of one at the top of the page.
        </Notice>
      ) : (
        <Listed accountName={account.value} />
      )}
    </>
  )
}

function Listed({ accountName }: { accountName: string }) {
  const filters = new URLSearchParams(route.value.query)
  filters.set('accountName', accountName)
  filters.set('limit', '50')
  const path = `/v1/requests?${filters}`
  const page = useWatch(path, RequestPage, 5)
  return (
    <>
      <div class="toolbar">
        <Filters />
        <Freshness of={page} />
      </div>
      <FailureNotice failure={page.failure.value} />
      {page.value.value !== undefined && <Pages key={path} path={path} {...page.value.value} />}
    </>
  )
}

type PagesProps = { path: string; items: readonly ListedRequest[]; nextCursor: string | null }

/** The first page, which is always current, and the older ones that were asked for. */
function Pages({ path, items, nextCursor }: PagesProps) {
  const older = useSignal<readonly ListedRequest[]>([])
  const cursor = useSignal<string | null | undefined>(undefined)
  const failure = useSignal<Failure | undefined>(undefined)
  const next = cursor.value === undefined ? nextCursor : cursor.value
  const more = async () => {
    if (next === null) return
    const reply = await call(`${path}&cursor=${encodeURIComponent(next)}`, RequestPage)
    failure.value = reply.kind === 'failed' ? reply.failure : undefined
    if (reply.kind !== 'answer') return
    older.value = [...older.value, ...reply.value.items]
    cursor.value = reply.value.nextCursor
  }
  const known = new Set(items.map(({ requestId }) => requestId))
  const rows = [...items, ...older.value.filter(({ requestId }) => !known.has(requestId))]
  return (
    <>
      {rows.length === 0 && next === null ? (
        <Notice tone="quiet" title="There are no such requests." />
      ) : (
        <RequestTable requests={rows} />
      )}
      <FailureNotice failure={failure.value} />
      {next !== null && (
        <button type="button" onClick={() => void more()}>
          Show older requests
        </button>
      )}
    </>
  )
}
