import { useComputed, useSignal } from '@preact/signals'
import type { Device, Request } from '../../api/requests.ts'
import { Grouped } from '../../parts/identifier.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { useCsv } from '../../parts/save.ts'
import { State } from '../../parts/state.tsx'
import { VirtualRows } from '../../parts/virtual-rows.tsx'
import { route } from '../../shell/route.ts'
import { counted, plural } from '../../words/numbers.ts'
import { localTime } from '../../words/times.ts'
import { DeviceDialog } from './device-dialog.tsx'
import { reasonOf } from './reason.ts'
import { useDevices } from './load-devices.ts'

/** The devices of a request with their results: all of them in one list that scrolls. */
export function Devices({ request }: { request: Request }) {
  const { requestId, updatedAt, devices: counts } = request
  const list = useDevices(requestId, `${updatedAt} ${JSON.stringify(counts)}`)
  const text = useSignal('')
  const opened = useSignal<Device | undefined>(undefined)
  const shown = useComputed(() => {
    const status = route.value.query.get('status')
    const wanted = text.value.replaceAll(/\s/g, '').toLowerCase()
    return list.devices.value.filter(
      (device) =>
        (status === null || device.status === status) &&
        (wanted === '' ||
          device.deviceIds.some(({ id }) => id.toLowerCase().includes(wanted)) ||
          reasonOf(device).toLowerCase().replaceAll(/\s/g, '').includes(wanted)),
    )
  })
  const csv = useCsv(`/v1/requests/${requestId}/devices?limit=10000`, `${requestId}.csv`)
  const read = list.devices.value.length
  return (
    <section aria-label="Devices">
      <div class="toolbar">
        <label>
          Find in these devices{' '}
          <input type="search" value={text.value} onInput={({ currentTarget }) => (text.value = currentTarget.value)} />
        </label>
        <span role="status">
          {plural(shown.value.length, 'device')}
          {list.isComplete.value || read === 0 ? '' : `, ${counted(counts.total - read)} more loading`}
        </span>
        <button type="button" onClick={() => void csv.download()}>
          Save as CSV
        </button>
      </div>
      <FailureNotice failure={list.failure.value} />
      <FailureNotice failure={csv.failure} of="look" />
      <div class="device-row head" aria-hidden="true">
        <span>#</span>
        <span>EID</span>
        <span>ICCID or other</span>
        <span>Status</span>
        <span>Why</span>
        <span>Result at</span>
      </div>
      {read > 0 && shown.value.length === 0 && <Notice tone="quiet" title="No device fits." />}
      <VirtualRows
        count={shown.value.length}
        rowHeight={36}
        label="Devices of the request"
        onOpen={(index) => (opened.value = shown.value[index])}
        render={(index) => <DeviceRow device={shown.value[index]} />}
      />
      {opened.value !== undefined && <DeviceDialog device={opened.value} onClose={() => (opened.value = undefined)} />}
    </section>
  )
}

function DeviceRow({ device }: { device: Device | undefined }) {
  if (device === undefined) return null
  const eid = device.deviceIds.find(({ kind }) => kind === 'eid')
  const other =
    device.deviceIds.find(({ kind }) => kind === 'iccid') ?? device.deviceIds.find(({ kind }) => kind !== 'eid')
  const reason = device.status === 'succeeded' ? '' : reasonOf(device)
  return (
    <span class="device-row">
      <span>{device.position}</span>
      <span>{eid === undefined ? '' : <Grouped id={eid.id} />}</span>
      <span>
        {other === undefined ? '' : <Grouped id={other.id} />}
        {other !== undefined && other.kind !== 'iccid' ? ` ${other.kind}` : ''}
      </span>
      <span>
        <State of="device" state={device.status} quiet />
        {device.conflict === true && <span class="state bad">conflict</span>}
      </span>
      <span class="cut">{reason}</span>
      <span>{device.result === undefined ? '' : localTime(device.result.receivedAt)}</span>
    </span>
  )
}
