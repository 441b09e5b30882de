import type { Device } from '../../api/requests.ts'
import { CardLink, Copy } from '../../parts/identifier.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { State } from '../../parts/state.tsx'
import { Time } from '../../parts/time.tsx'
import { reasonOf } from './reason.ts'

/** Where a result came from, in the words of docs/api.md. */
const sources: Readonly<Record<string, string>> = {
  callback: 'a callback',
  adopted: 'a callback for a submission whose response was lost',
  reconciled: 'a status call to ThingSpace',
  operator: 'a message that was not authenticated and that an operator accepted',
}

/** Everything that is known about one device of a request. */
export function DeviceDialog({ device, onClose }: { device: Device; onClose: () => void }) {
  const { result, others = [], submission } = device
  const reason = reasonOf(device)
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Status at ThingSpace', result?.status],
    ['Profile', result?.profileStatus],
    ['State of the line', result?.state],
    ['Note', result?.note],
    ['Upstream request', result?.upstreamRequestId],
    ['Source', result && (sources[result.provenance] ?? result.provenance)],
  ]
  return (
    <Dialog title={`Device ${device.position}`} onClose={onClose}>
      <p>
        <State of="device" state={device.status} /> {reason}
      </p>
      <table class="pairs">
        <tbody>
          {device.deviceIds.map(({ kind, id }) => (
            <tr key={kind}>
              <th scope="row">{kind.toUpperCase()}</th>
              <td>
                <CardLink kind={kind} id={id} /> <Copy text={id} what={kind.toUpperCase()} />
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row">Submission</th>
            <td>{submission ?? 'not created yet'}</td>
          </tr>
          {result !== undefined && (
            <tr>
              <th scope="row">Received</th>
              <td>
                <Time at={result.receivedAt} />
              </td>
            </tr>
          )}
          {rows.map(([name, value]) =>
            value === undefined ? null : (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ),
          )}
          {Object.entries(result?.assigned ?? {}).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">Assigned {name}</th>
              <td>
                <code>{value}</code> <Copy text={value} what={name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {others.length > 0 && (
        <>
          <h3>Other final results</h3>
          <ul>
            {others.map(({ verdict, receivedAt }) => (
              <li key={receivedAt}>
                <State of="device" state={verdict} /> <Time at={receivedAt} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  )
}
