import { DeadLetterQueues, Flows, Listeners, MessagePage } from '../../api/operate.ts'
import { useWatch } from '../../api/watch.ts'
import { addressOf } from '../../shell/route.ts'
import { plural } from '../../words/numbers.ts'
import { Tile, type TileProps } from './tile.tsx'

/** What needs somebody who operates the gateway, whatever the account. A tile without a cause is not shown. */
export function OperatorTiles() {
  const listeners = useWatch('/v1/operate/listeners', Listeners, 30).value.value?.items ?? []
  const letters = useWatch('/v1/operate/dead-letters', DeadLetterQueues, 30).value.value?.items ?? []
  const messages = useWatch('/v1/operate/quarantine?limit=100', MessagePage, 30).value.value
  const flows = useWatch('/v1/operate/flows', Flows, 30).value.value?.items ?? []
  const drifted = listeners.filter(({ orders }) => orders !== 'served')
  const held = flows.filter(({ state }) => state === 'stopped' || state === 'paused')
  const limited = flows.filter(({ state }) => state === 'limited')
  const tiles: readonly TileProps[] = [
    {
      count: held.length,
      title: held.length === 1 ? 'credential set holds its orders' : 'credential sets hold their orders',
      detail: 'ThingSpace does not answer, or asked to wait',
      tone: 'bad',
      address: addressOf('logins'),
    },
    {
      count: limited.length,
      title: limited.length === 1 ? 'credential set is limited' : 'credential sets are limited',
      detail: 'ThingSpace had trouble; fewer calls at once',
      tone: 'warn',
      address: addressOf('logins'),
    },
    {
      count: drifted.length,
      title: drifted.length === 1 ? 'listener is not ours' : 'listeners are not ours',
      detail: `results may not arrive for ${plural(new Set(drifted.map(({ accountName }) => accountName)).size, 'account')}`,
      tone: 'bad',
      address: addressOf('listeners'),
    },
    {
      count: messages?.items.length ?? 0,
      title: 'in quarantine',
      detail: messages?.nextCursor === null ? 'callbacks that were not understood' : 'and more',
      tone: 'warn',
      address: addressOf('quarantine'),
    },
    {
      count: letters.reduce((sum, { count }) => sum + count, 0),
      title: 'dead letters',
      detail: 'given up by their queues',
      tone: 'bad',
      address: addressOf('dead-letters'),
    },
  ]
  return (
    <>
      {tiles
        .filter(({ count }) => count > 0)
        .map((tile) => (
          <Tile key={tile.title} {...tile} />
        ))}
    </>
  )
}
