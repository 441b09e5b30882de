import type { Day } from '../../api/failures.ts'
import type { ListedRequest } from '../../api/requests.ts'
import { addressOf } from '../../shell/route.ts'
import { may } from '../../session/session.ts'
import { plural } from '../../words/numbers.ts'
import { OperatorTiles } from './operator-tiles.tsx'
import { Tile } from './tile.tsx'

const inFlight = ['queued', 'submitting', 'submitted']

/** The counts that decide what to do next. Each leads to its screen. */
export function Tiles({ requests, today }: { requests: readonly ListedRequest[]; today: Day | undefined }) {
  const of = (...statuses: string[]) => requests.filter(({ status }) => statuses.includes(status))
  const unconfirmed = of('unconfirmed')
  const retrying = of('retrying')
  const open = of(...inFlight)
  const pending = open.reduce((sum, { devices }) => sum + devices.pending + devices.warning, 0)
  const conflicts = requests.filter(({ devices }) => devices.conflicts > 0)
  return (
    <ul class="tiles">
      <Tile
        count={unconfirmed.length}
        title="unconfirmed"
        detail={unconfirmed.length === 0 ? 'nothing to decide' : 'may need your decision'}
        tone={unconfirmed.length === 0 ? 'quiet' : 'doubt'}
        address={addressOf('decisions')}
      />
      <Tile
        count={today?.devices ?? 0}
        title="devices failed today"
        detail={(today?.counts ?? [])[0]?.code ?? 'by day and code'}
        tone={(today?.devices ?? 0) === 0 ? 'quiet' : 'bad'}
        address={addressOf('failures', { days: '1' })}
      />
      <Tile
        count={retrying.length}
        title="retrying"
        detail={retrying.length === 0 ? 'ThingSpace accepts orders' : 'ThingSpace did not accept them yet'}
        tone={retrying.length === 0 ? 'quiet' : 'warn'}
        address={addressOf('requests', { status: 'retrying' })}
      />
      <Tile
        count={open.length}
        title="in flight"
        detail={`${plural(pending, 'device')} without a result`}
        tone={open.length === 0 ? 'quiet' : 'busy'}
        address={addressOf('requests', { status: inFlight.join(',') })}
      />
      {conflicts.length > 0 && (
        <Tile
          count={conflicts.length}
          title="with conflicts"
          detail="devices with two different results"
          tone="warn"
          address={`#/requests/${conflicts[0]?.requestId}`}
        />
      )}
      {may('profiles:operate') && <OperatorTiles />}
    </ul>
  )
}
