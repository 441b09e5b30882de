import { number, type Table } from '../../bench/findings.ts'
import { deployed } from '../gateway/deployed.ts'
import type { StormWorld } from '../gateway/storm-world.ts'

/** One limit and how close a storm came to it. `refused`: what exceeded it. */
type Limit = { name: string; share: number; refused: number }

/** The limits of a storm, the most used first. */
function limitsOf(world: StormWorld): Limit[] {
  const { functions, work, callbacks, stream, statistics, table, account } = world
  const refusedBy = (index: string, kind: string) => table.refused.get(`${index} ${kind}`) ?? 0
  const worker = (name: string, { source }: typeof work.single, most: number): Limit => ({
    name,
    share: source.mostBusy / most,
    refused: 0,
  })
  const { concurrency, isShared } = deployed.lanes
  const lanes = isShared
    ? [worker('workers of both lanes', work.single, concurrency.single)]
    : [
        worker('workers of the lane single', work.single, concurrency.single),
        worker('workers of the lane bulk', work.bulk, concurrency.bulk),
      ]
  const used = (name: string, index: string, kind: 'read' | 'write'): Limit => ({
    name,
    share: table.mostUsed(kind, index),
    refused: refusedBy(index, kind),
  })
  const { callbacksRefused, ordersRefused } = statistics
  return [
    { name: 'rate of the route for callbacks', share: world.gateway.mostUsed('callback'), refused: callbacksRefused },
    { name: 'rate of the route for orders', share: world.gateway.mostUsed('submit'), refused: ordersRefused },
    ...lanes,
    {
      name: 'batches of callbacks at once',
      share: callbacks.source.mostBusy / deployed.callbacks.maximumConcurrency,
      refused: 0,
    },
    { name: 'batches of the stream at once', share: stream.mostBusy / stream.lanes, refused: 0 },
    {
      name: 'reserved concurrency of orders',
      share: functions.submit.mostBusy / deployed.submitConcurrency,
      refused: 0,
    },
    {
      name: 'concurrency of the account',
      share: 1 - account.least / (account.limit - deployed.submitConcurrency),
      refused: 0,
    },
    used('writes of the hottest key range of the table', '', 'write'),
    used('reads of the hottest key range of the table', '', 'read'),
    used('writes of the hottest key range of the index due', 'due', 'write'),
    used('writes of the hottest key range of the index byAccount', 'byAccount', 'write'),
    { name: 'time of one sweep', share: statistics.longestSweepMilliseconds / 35_000, refused: 0 },
  ].toSorted((a, b) => Number(b.refused > 0) - Number(a.refused > 0) || b.share - a.share)
}

/** The limits that a storm reached, at most three of them, or else the one that it used most. */
export function firstLimit(world: StormWorld): string {
  const limits = limitsOf(world)
  const reached = limits.filter(({ share, refused }) => refused > 0 || share >= 0.99)
  return (reached.length === 0 ? limits.slice(0, 1) : reached.slice(0, 3))
    .map(
      ({ name, share, refused }) => `${name} (${percent(share)}${refused > 0 ? `, ${number(refused)} refused` : ''})`,
    )
    .join(', ')
}

/** How close a storm came to each limit. */
export const limitsTable = (title: string, world: StormWorld): Table => ({
  title,
  head: ['Limit', 'Most used', 'Refused'],
  rows: limitsOf(world).map(({ name, share, refused }) => [name, percent(share), number(refused)]),
})

const percent = (share: number): string => `${number(100 * share)} %`
