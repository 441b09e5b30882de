import { FailureCounts } from '../../api/failures.ts'
import type { ListedRequest } from '../../api/requests.ts'
import { useWatch } from '../../api/watch.ts'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { account } from '../../shell/account.ts'
import { byCode, periodOf } from '../failures/by-code.ts'
import { RequestTable } from '../requests/request-table.tsx'
import { AccountHealth } from './account-health.tsx'
import { useRecent } from './load-recent.ts'
import { Plots } from './plots.tsx'
import { Tiles } from './tiles.tsx'

const days = 7

/** What needs a person, what is in flight, what failed, and how the last days were. */
export function OverviewScreen() {
  return (
    <>
      {account.value === '' ? (
        <>
          <h1 tabIndex={-1}>Overview</h1>
          <Notice tone="quiet" title="Choose an account at the top of the page." />
        </>
      ) : (
        <Overview key={account.value} accountName={account.value} />
      )}
    </>
  )
}

const isOpen = ({ final }: ListedRequest): boolean => !final

function Overview({ accountName }: { accountName: string }) {
  const { from, to } = periodOf(days)
  const recent = useRecent(accountName, from)
  const failures = useWatch(`/v1/failures/counts?${new URLSearchParams({ accountName, from, to })}`, FailureCounts, 15)
  const requests = recent.value.value
  const open = requests?.filter(isOpen) ?? []
  const counted = failures.value.value?.days ?? []
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Overview</h1>
        <Freshness of={recent} />
      </div>
      <FailureNotice failure={recent.failure.value} />
      {requests !== undefined && (
        <>
          <Tiles requests={requests} today={counted.find(({ day }) => day === new Date().toISOString().slice(0, 10))} />
          {recent.isCut.value && (
            <p class="hint">
              Of the last {days} days, the newest {requests.length} requests are counted.
            </p>
          )}
          <AccountHealth accountName={accountName} />
          <Plots requests={requests} days={days} codes={byCode(counted)} />
          <h2>Open requests</h2>
          {open.length === 0 ? (
            <Notice tone="quiet" title="No request is open." />
          ) : (
            <RequestTable requests={open.slice(0, 10)} />
          )}
        </>
      )}
    </>
  )
}
