import { HistoryPage } from '../../api/requests.ts'
import { useWatch } from '../../api/watch.ts'
import { Copy, Grouped } from '../../parts/identifier.tsx'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { State } from '../../parts/state.tsx'
import { Time } from '../../parts/time.tsx'
import { route } from '../../shell/route.ts'
import { reasonOf } from '../request/reason.ts'

/** One card: every order that named it. */
export function CardScreen() {
  const [, kind = '', id = ''] = route.value.path
  const history = useWatch(
    `/v1/devices/${encodeURIComponent(kind)}/${encodeURIComponent(id)}/requests`,
    HistoryPage,
    10,
  )
  const items = history.value.value?.items
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>
          {kind.toUpperCase()} <Grouped id={id} /> <Copy text={id} what={kind.toUpperCase()} />
        </h1>
        <Freshness of={history} />
      </div>
      {history.failure.value !== undefined && <FailureNotice failure={history.failure.value} />}
      {items?.length === 0 && <Notice tone="quiet" title="No order has named it." />}
      {items !== undefined && items.length > 0 && (
        <div class="scroller" tabIndex={0} role="region" aria-label="Orders">
          <table>
            <thead>
              <tr>
                <th scope="col">Ordered</th>
                <th scope="col">Action</th>
                <th scope="col">This device</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ request, device }) => (
                <tr key={`${request.requestId} ${device.position}`}>
                  <td>
                    <Time at={request.createdAt} quiet />
                  </td>
                  <td>
                    <a href={`#/requests/${request.requestId}`}>{request.action}</a>
                  </td>
                  <td>
                    <State of="device" state={device.status} quiet />
                  </td>
                  <td>{reasonOf(device)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
