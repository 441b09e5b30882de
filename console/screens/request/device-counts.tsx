import type { DeviceCounts } from '../../api/requests.ts'
import { route, setQuery } from '../../shell/route.ts'
import { counted } from '../../words/numbers.ts'
import { deviceWords } from '../../words/states.ts'

const order = ['succeeded', 'warning', 'pending', 'failed', 'expired', 'cancelled'] as const

/** The devices by status. Each count filters the list below. */
export function DeviceCountsBox({ devices }: { devices: DeviceCounts }) {
  const chosen = route.value.query.get('status')
  return (
    <div class="counts" role="group" aria-label="Devices by status">
      <button type="button" aria-pressed={chosen === null} onClick={() => setQuery({ status: undefined })}>
        <strong>{counted(devices.total)}</strong> all
      </button>
      {order.map((status) => {
        const { word, meaning, tone } = deviceWords[status] ?? { word: status, meaning: '', tone: 'quiet' }
        return (
          <button
            key={status}
            type="button"
            class={tone}
            disabled={devices[status] === 0}
            aria-pressed={chosen === status}
            data-tip={meaning}
            onClick={() => setQuery({ status: chosen === status ? undefined : status, tab: undefined })}
          >
            <strong>{counted(devices[status])}</strong> {word}
          </button>
        )
      })}
      {devices.conflicts > 0 && (
        <span
          class="bad"
          tabIndex={0}
          data-tip="Devices with two different final results. The first that was received decides."
        >
          {counted(devices.conflicts)} with conflicting results
        </span>
      )}
    </div>
  )
}
