import { FailureCounts } from '../../api/failures.ts'
import { useWatch } from '../../api/watch.ts'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { Bars } from '../../parts/plot.tsx'
import { account } from '../../shell/account.ts'
import { route, setQuery } from '../../shell/route.ts'
import { plural } from '../../words/numbers.ts'
import { CodeTable } from './code-table.tsx'
import { FailureList } from './failure-list.tsx'
import { byCode, dayLabel, periodOf } from './by-code.ts'

const periods = [1, 7, 14, 30] as const

/** The devices that failed: how many by day and code, what the codes mean, and each of them. */
export function FailuresScreen() {
  const accountName = account.value
  return (
    <>
      <h1 tabIndex={-1}>Failures</h1>
      {accountName === '' ? (
        <Notice tone="quiet" title="Choose an account at the top of the page." />
      ) : (
        <Counted accountName={accountName} />
      )}
    </>
  )
}

function Counted({ accountName }: { accountName: string }) {
  const { query } = route.value
  const days = Number(query.get('days') ?? 7)
  const { from, to } = periodOf(days)
  const period = new URLSearchParams({ accountName, from, to })
  const watched = useWatch(`/v1/failures/counts?${period}`, FailureCounts, 10)
  const counts = watched.value.value
  return (
    <>
      <div class="toolbar">
        <label>
          Days{' '}
          <select value={String(days)} onChange={({ currentTarget }) => setQuery({ days: currentTarget.value })}>
            {periods.map((each) => (
              <option key={each} value={String(each)}>
                {each === 1 ? 'today' : `last ${each} days`}
              </option>
            ))}
          </select>
        </label>
        <Freshness of={watched} />
      </div>
      <FailureNotice failure={watched.failure.value} />
      {counts !== undefined && <Summary days={counts.days} />}
      <FailureList key={`${period}`} period={`${period}`} />
    </>
  )
}

function Summary({ days }: { days: Parameters<typeof byCode>[0] }) {
  const total = days.reduce((sum, day) => sum + day.devices, 0)
  if (total === 0) return <Notice tone="good" title="No device failed in this time." />
  const ordered = days.toSorted((one, other) => one.day.localeCompare(other.day))
  const countsOf = (status: string) =>
    ordered.map(({ counts }) =>
      counts.filter((each) => each.status === status).reduce((sum, { devices }) => sum + devices, 0),
    )
  return (
    <>
      <p>
        <strong>{plural(total, 'device')}</strong> failed or expired
        {days.some(({ complete }) => !complete) ? ', and more on days that are not counted to the end' : ''}.
      </p>
      <Bars
        title="Devices that failed or expired, by day (UTC)"
        labels={ordered.map(({ day }) => dayLabel(day))}
        series={[
          { label: 'expired', tone: 'warn', counts: countsOf('expired') },
          { label: 'failed', tone: 'bad', counts: countsOf('failed') },
        ]}
      />
      <CodeTable rows={byCode(days)} />
    </>
  )
}
