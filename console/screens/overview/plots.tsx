import type { ListedRequest } from '../../api/requests.ts'
import { Bars } from '../../parts/plot.tsx'
import { addressOf } from '../../shell/route.ts'
import { counted } from '../../words/numbers.ts'
import { type CodeRow, dayLabel } from '../failures/by-code.ts'
import { daysUntilNow, ordersByDay } from './by-day.ts'

type Props = { requests: readonly ListedRequest[]; days: number; codes: readonly CodeRow[] }

/** The last days: orders, results, time to result, and the most frequent errors. */
export function Plots({ requests, days, codes }: Props) {
  const byDay = ordersByDay(requests, daysUntilNow(days, Date.now()))
  const labels = byDay.map(({ day }) => dayLabel(day))
  const series = (key: 'succeeded' | 'failed' | 'open') => byDay.map((day) => day[key])
  return (
    <div class="plots">
      <Bars
        title="Devices by result"
        labels={labels}
        series={[
          { label: 'open', tone: 'busy', counts: series('open') },
          { label: 'failed', tone: 'bad', counts: series('failed') },
          { label: 'succeeded', tone: 'good', counts: series('succeeded') },
        ]}
      />
      <Bars
        title="Orders"
        labels={labels}
        series={[{ label: 'requests', tone: 'accent', counts: byDay.map((day) => day.requests) }]}
      />
      <Bars
        title="Time to the final result"
        labels={labels}
        unit=" s"
        series={[
          {
            label: 'median, in seconds',
            tone: 'quiet',
            counts: byDay.map((day) => Math.round(day.medianSeconds ?? 0)),
          },
        ]}
      />
      <Errors codes={codes} />
    </div>
  )
}

function Errors({ codes }: { codes: readonly CodeRow[] }) {
  const most = Math.max(1, ...codes.map(({ devices }) => devices))
  return (
    <figure class="plot">
      <figcaption>
        <strong>Errors by code</strong>
      </figcaption>
      {codes.length === 0 && <p class="hint">No device failed.</p>}
      <ul class="plain code-bars">
        {codes.slice(0, 6).map(({ code, devices, meaning }) => (
          <li key={code ?? ''}>
            <a href={addressOf('failures', { code: code ?? 'none' })} data-tip={meaning ?? ''}>
              {code ?? 'without a code'}
            </a>
            <span class="code-bar">
              <span class="code-fill" style={{ width: `${(devices / most) * 100}%` }} />
            </span>
            <span class="number">{counted(devices)}</span>
          </li>
        ))}
      </ul>
    </figure>
  )
}
