import type { ListedRequest } from '../../api/requests.ts'
import { DeviceBar } from '../../parts/device-bar.tsx'
import { State } from '../../parts/state.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { counted } from '../../words/numbers.ts'

/** Requests as rows. */
export function RequestTable({ requests }: { requests: readonly ListedRequest[] }) {
  return (
    <Table label="Requests" columns={['Ordered', 'Action', 'Status', { number: 'Devices' }, 'Results', 'Request']}>
      {requests.map(({ requestId, createdAt, action, status, devices }) => (
        <tr key={requestId}>
          <td>
            <Time at={createdAt} quiet />
          </td>
          <td>
            <a href={`#/requests/${requestId}`}>{action}</a>
          </td>
          <td>
            <State of="request" state={status} quiet />
          </td>
          <td class="number">{counted(devices.total)}</td>
          <td>
            <DeviceBar devices={devices} />
          </td>
          <td>
            <code data-tip={requestId}>{requestId.slice(0, 8)}</code>
          </td>
        </tr>
      ))}
    </Table>
  )
}
