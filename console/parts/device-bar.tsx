import type { DeviceCounts } from '../api/requests.ts'
import { counted } from '../words/numbers.ts'
import { wordOf } from '../words/states.ts'

const order = ['succeeded', 'warning', 'pending', 'failed', 'expired', 'cancelled'] as const

/** The parts of a request's devices by status, as a bar and in words. */
export function DeviceBar({ devices }: { devices: DeviceCounts }) {
  const shown = order.filter((status) => devices[status] > 0)
  const words = shown.map((status) => `${counted(devices[status])} ${status}`).join(', ')
  return (
    <span class="device-bar" data-tip={words}>
      <svg viewBox={`0 0 ${Math.max(1, devices.total)} 1`} preserveAspectRatio="none" aria-hidden="true">
        {shown.map((status, index) => {
          const before = shown.slice(0, index).reduce((sum, earlier) => sum + devices[earlier], 0)
          const { tone } = wordOf('device', status)
          return <rect key={status} class={tone} x={before} y="0" width={devices[status]} height="1" />
        })}
      </svg>
      <span class="device-words">{words}</span>
    </span>
  )
}
