import { type ListedRequest, RequestPage } from '../../api/requests.ts'
import { useWatch } from '../../api/watch.ts'
import { Freshness } from '../../parts/freshness.tsx'
import { More } from '../../parts/more.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { usePages } from '../../parts/paged.ts'
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
      {page.value.value !== undefined && <Pages key={path} path={path} first={page.value.value} />}
    </>
  )
}

type PagesProps = { path: string; first: { items: readonly ListedRequest[]; nextCursor: string | null } }

/** The first page, which is always current, and the older ones that were asked for. */
function Pages({ path, first }: PagesProps) {
  const pages = usePages({ path, schema: RequestPage, first, nameOf: ({ requestId }) => requestId })
  const { items, hasMore } = pages
  return (
    <>
      {items.length === 0 && !hasMore ? (
        <Notice tone="quiet" title="There are no such requests." />
      ) : (
        <RequestTable requests={items} />
      )}
      <More pages={pages} label="Show older requests" />
    </>
  )
}
