import { Request } from '../../api/requests.ts'
import { useWatch } from '../../api/watch.ts'
import { Copy } from '../../parts/identifier.tsx'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice } from '../../parts/notice.tsx'
import { State } from '../../parts/state.tsx'
import { Ago, Time } from '../../parts/time.tsx'
import { route, setQuery } from '../../shell/route.ts'
import { Actions } from './actions.tsx'
import { DeviceCountsBox } from './device-counts.tsx'
import { Devices } from './devices.tsx'
import { NextBox } from './next-box.tsx'
import { Submissions } from './submissions.tsx'
import { Timeline } from './timeline.tsx'

const tabs = [
  { name: 'devices', title: 'Devices', show: Devices },
  { name: 'timeline', title: 'Timeline', show: Timeline },
  { name: 'submissions', title: 'Submissions', show: Submissions },
] as const

/** One request: its state, what happens next, what can be done, its devices and its submissions. */
export function RequestScreen() {
  const requestId = route.value.path[1] ?? ''
  const watched = useWatch(`/v1/requests/${encodeURIComponent(requestId)}`, Request, 3)
  const request = watched.value.value
  const failure = watched.failure.value
  if (request === undefined) {
    return (
      <>
        <h1 tabIndex={-1}>Request</h1>
        {failure === undefined ? <p>Loading…</p> : <FailureNotice failure={failure} />}
      </>
    )
  }
  const asked = route.value.query.get('tab')
  const tab = tabs.find(({ name }) => name === asked) ?? tabs[0]
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>
          {request.action} <State of="request" state={request.status} />
        </h1>
        <Freshness of={watched} />
      </div>
      <FailureNotice failure={failure} />
      <Facts request={request} />
      <NextBox request={request} />
      <Actions request={request} changed={watched.refresh} />
      <DeviceCountsBox devices={request.devices} />
      <nav class="tabs" aria-label="Parts of the request">
        {tabs.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            aria-pressed={tab.name === name}
            onClick={() => setQuery({ tab: name === 'devices' ? undefined : name })}
          >
            {title}
          </button>
        ))}
      </nav>
      <tab.show request={request} />
    </>
  )
}

function Facts({ request }: { request: Request }) {
  const {
    requestId,
    accountName,
    family,
    createdAt,
    finalAt,
    cancelledAt,
    cancelledBy,
    reorderOf,
    reorderedBy = [],
  } = request
  return (
    <dl class="facts">
      <div>
        <dt>Request</dt>
        <dd>
          <code>{requestId}</code> <Copy text={requestId} what="the request id" />
        </dd>
      </div>
      <div>
        <dt>Account</dt>
        <dd>{accountName}</dd>
      </div>
      <div>
        <dt>Family</dt>
        <dd>{family}</dd>
      </div>
      <div>
        <dt>Ordered</dt>
        <dd>
          <Time at={createdAt} /> (<Ago at={createdAt} />)
        </dd>
      </div>
      {finalAt !== undefined && (
        <div>
          <dt>Final</dt>
          <dd>
            <Time at={finalAt} />
          </dd>
        </div>
      )}
      {reorderOf !== undefined && (
        <div>
          <dt>Orders again</dt>
          <dd>
            <a href={`#/requests/${reorderOf}`}>the failed devices of an earlier request</a>
          </dd>
        </div>
      )}
      {reorderedBy.length > 0 && (
        <div>
          <dt>Ordered again by</dt>
          <dd>
            {reorderedBy.map((id, index) => (
              <a key={id} href={`#/requests/${id}`}>
                request {index + 1}{' '}
              </a>
            ))}
          </dd>
        </div>
      )}
      {cancelledAt !== undefined && (
        <div>
          <dt>Cancelled</dt>
          <dd>
            <Time at={cancelledAt} /> by {cancelledBy}
          </dd>
        </div>
      )}
    </dl>
  )
}
