import { useSignal } from '@preact/signals'
import { type Failed, FailurePage } from '../../api/failures.ts'
import { useWatch } from '../../api/watch.ts'
import { CardLink } from '../../parts/identifier.tsx'
import { More } from '../../parts/more.tsx'
import { FailureNotice } from '../../parts/notice.tsx'
import { usePages } from '../../parts/paged.ts'
import { useCsv } from '../../parts/save.ts'
import { State } from '../../parts/state.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { may } from '../../session/session.ts'
import { route, setQuery } from '../../shell/route.ts'
import { plural } from '../../words/numbers.ts'
import { ReorderDialog } from '../reorder/reorder-dialog.tsx'

/** Each failed device of a period, newest first, with a filter by code and status. */
export function FailureList({ period }: { period: string }) {
  const { query } = route.value
  const filters = new URLSearchParams(period)
  for (const name of ['code', 'status']) {
    const value = query.get(name)
    if (value !== null) filters.set(name, value)
  }
  const path = `/v1/failures?${filters}`
  const page = useWatch(`${path}&limit=500`, FailurePage, 10)
  return (
    <>
      <div class="heading">
        <h2>{query.get('code') === null ? 'Devices' : `Devices with ${query.get('code')}`}</h2>
        <label>
          Status{' '}
          <select
            value={query.get('status') ?? ''}
            onChange={({ currentTarget }) => setQuery({ status: currentTarget.value })}
          >
            <option value="">failed or expired</option>
            <option value="failed">failed</option>
            <option value="expired">expired</option>
          </select>
        </label>
      </div>
      <FailureNotice failure={page.failure.value} />
      {page.value.value !== undefined && <Listed key={path} path={path} first={page.value.value} />}
    </>
  )
}

const failureName = ({ requestId, position, at }: Failed): string => `${requestId} ${position} ${at}`

type ListedProps = { path: string; first: { items: readonly Failed[]; nextCursor: string | null } }

function Listed({ path, first }: ListedProps) {
  const pages = usePages({
    path: `${path}&limit=500`,
    schema: FailurePage,
    first,
    nameOf: failureName,
  })
  const { items, hasMore } = pages
  const isReordering = useSignal(false)
  const csv = useCsv(`${path}&limit=1000`, 'failures.csv')
  const requestIds = [...new Set(items.map(({ requestId }) => requestId))]
  const code = new URLSearchParams(path.split('?')[1]).get('code')
  return (
    <>
      <div class="toolbar">
        <span role="status">
          {plural(items.length, 'device')} of {plural(requestIds.length, 'request')}
          {hasMore ? ', and more' : ''}
        </span>
        {items.length > 0 && may('profiles:write') && (
          <button type="button" onClick={() => (isReordering.value = true)}>
            Order these again…
          </button>
        )}
        {items.length > 0 && (
          <button type="button" onClick={() => void csv.download()}>
            Save as CSV
          </button>
        )}
      </div>
      <FailureNotice failure={csv.failure} of="look" />
      {items.length > 0 && <FailureTable items={items} />}
      <More pages={pages} label="Show older failures" />
      {isReordering.value && (
        <ReorderDialog
          requestIds={requestIds}
          filter={code === null || code === 'none' ? {} : { codes: [code] }}
          onClose={() => (isReordering.value = false)}
        />
      )}
    </>
  )
}

/** The most rows in the page. The CSV and further filters have the rest. */
const mostRows = 500

function FailureTable({ items }: { items: readonly Failed[] }) {
  return (
    <Table
      label="Failed devices"
      class="tall"
      columns={['At', 'Device', 'Status', 'Code', 'What ThingSpace said', 'Request']}
    >
      {items.slice(0, mostRows).map((failed) => {
        const { at, requestId, deviceIds, action, status, code, message } = failed
        const named = deviceIds.find(({ kind }) => kind === 'iccid') ?? deviceIds[0]
        return (
          <tr key={failureName(failed)}>
            <td>
              <Time at={at} quiet />
            </td>
            <td>{named === undefined ? '' : <CardLink kind={named.kind} id={named.id} />}</td>
            <td>
              <State of="device" state={status} quiet />
            </td>
            <td>{code ?? ''}</td>
            <td class="wrap">{message ?? ''}</td>
            <td>
              <a href={`#/requests/${requestId}`}>{action}</a>
            </td>
          </tr>
        )
      })}
    </Table>
  )
}
