import { DeadLetterQueues, Listeners, MessagePage } from '../../api/operate.ts'
import { useWatch } from '../../api/watch.ts'
import { addressOf } from '../../shell/route.ts'
import { plural } from '../../words/numbers.ts'
import { Tile } from './tile.tsx'

/** What needs somebody who operates the gateway, whatever the account. A tile without a cause is not shown. */
export function OperatorTiles() {
  const listeners = useWatch('/v1/operate/listeners', Listeners, 30).value.value?.items ?? []
  const letters = useWatch('/v1/operate/dead-letters', DeadLetterQueues, 30).value.value?.items ?? []
  const messages = useWatch('/v1/operate/quarantine?limit=100', MessagePage, 30).value.value
  const drifted = listeners.filter(({ orders }) => orders !== 'served')
  const dead = letters.reduce((sum, { count }) => sum + count, 0)
  const quarantined = messages?.items.length ?? 0
  return (
    <>
      {drifted.length > 0 && (
        <Tile
          count={drifted.length}
          title={drifted.length === 1 ? 'listener is not ours' : 'listeners are not ours'}
          detail={`results may not arrive for ${plural(new Set(drifted.map(({ accountName }) => accountName)).size, 'account')}`}
          tone="bad"
          address={addressOf('listeners')}
        />
      )}
      {quarantined > 0 && (
        <Tile
          count={quarantined}
          title="in quarantine"
          detail={messages?.nextCursor === null ? 'callbacks that were not understood' : 'and more'}
          tone="warn"
          address={addressOf('quarantine')}
        />
      )}
      {dead > 0 && (
        <Tile
          count={dead}
          title="dead letters"
          detail="given up by their queues"
          tone="bad"
          address={addressOf('dead-letters')}
        />
      )}
    </>
  )
}
