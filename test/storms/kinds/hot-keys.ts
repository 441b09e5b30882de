import { number, type Table } from '../../bench/findings.ts'
import { figures } from '../../capacity/figures.ts'
import type { Recipe } from '../measuring/recipe.ts'
import { measuredFor, type StormContext, type StormFindings } from './storm.ts'

type HotKey = {
  key: string
  /** How many such keys share the load. */
  keys: number
  /** What loads it. */
  event: string
  recipe: string
  role: string
  index?: string
  kind: 'read' | 'write'
  /** Whether DynamoDB can divide its range. New entries of a key that is sorted by time are all at its end. */
  divides: boolean
}

const hotKeys: readonly HotKey[] = [
  {
    key: '`TSR#account#id`, one upstream request id',
    keys: 1,
    event: 'callbacks',
    recipe: 'record: 1',
    role: 'TSR',
    kind: 'write',
    divides: true,
  },
  {
    key: '`REQ#id`, one bulk request',
    keys: 1,
    event: 'orders',
    recipe: 'bulk: order',
    role: 'REQ',
    kind: 'write',
    divides: true,
  },
  {
    key: '`REQ#id`, one bulk request',
    keys: 1,
    event: 'submissions accepted',
    recipe: 'bulk: attempt accepted',
    role: 'REQ',
    kind: 'write',
    divides: true,
  },
  {
    key: '`QUARANTINE#0` to `#7`',
    keys: 8,
    event: 'messages that nobody understands',
    recipe: 'record: quarantined',
    role: 'QUARANTINE',
    kind: 'write',
    divides: true,
  },
  {
    key: '`DUE#0` to `#3` in the index `due`',
    keys: 4,
    event: 'single orders',
    recipe: 'single: order accepted',
    role: 'DUE',
    index: 'due',
    kind: 'write',
    divides: false,
  },
  {
    key: '`DUE#0` to `#3` in the index `due`',
    keys: 4,
    event: 'attempts of bulk submissions',
    recipe: 'bulk: attempt accepted',
    role: 'DUE',
    index: 'due',
    kind: 'write',
    divides: false,
  },
  {
    key: '`DUE#0` to `#3` in the index `due`',
    keys: 4,
    event: 'attempts that are held',
    recipe: 'single: attempt held',
    role: 'DUE',
    index: 'due',
    kind: 'write',
    divides: false,
  },
  {
    key: '`DECISION` in the index `due`',
    keys: 1,
    event: 'submissions that come to wait for a decision',
    recipe: 'sweep: unconfirmed, to a decision',
    role: 'DECISION',
    index: 'due',
    kind: 'write',
    divides: false,
  },
  {
    key: '`ACC#account` in the index `byAccount`',
    keys: 1,
    event: 'orders of one account',
    recipe: 'single: order accepted',
    role: 'ACC',
    index: 'byAccount',
    kind: 'write',
    divides: false,
  },
  {
    key: '`FAILURES#account#day#0` to `#3`',
    keys: 4,
    event: 'failures of one account',
    recipe: 'project failure',
    role: 'FAILURES',
    index: 'byAccount',
    kind: 'write',
    divides: false,
  },
  {
    key: '`ORPHANS#account#identifier`',
    keys: 1,
    event: 'upstream ids of one device without a submission',
    recipe: 'project orphan',
    role: 'ORPHANS',
    kind: 'write',
    divides: true,
  },
  {
    key: '`AUDIT#day`',
    keys: 1,
    event: 'decisions',
    recipe: 'decide: retry',
    role: 'AUDIT',
    kind: 'write',
    divides: false,
  },
  {
    key: '`SESSION#set`, flow',
    keys: 1,
    event: 'POSTs while calls are limited',
    recipe: 'flow: limited attempt',
    role: 'SESSION',
    kind: 'write',
    divides: false,
  },
  {
    key: '`SESSION#set`, flow',
    keys: 1,
    event: 'POSTs while calls are limited',
    recipe: 'flow: limited attempt',
    role: 'SESSION',
    kind: 'read',
    divides: false,
  },
]

/** Keys that many devices share, and the load at which one key range is full. */
export function runHotKeys(context: StormContext): StormFindings {
  const { recipes } = measuredFor(context, context.size.bulkDevices)
  const rows = hotKeys.flatMap((hot) => {
    const recipe = recipes.get(hot.recipe)
    if (recipe === undefined) throw new Error(`nothing is measured as ${hot.recipe}`)
    const units = unitsOfRole(recipe, hot)
    return units === 0 ? [] : [rowOf(hot, units)]
  })
  context.say(`${rows.length} shared keys`)
  return {
    method: [
      'Units are those of the measured steps. A key that is sorted by time cannot be divided, because its new entries are all in its last range. AWS needs minutes to divide others.',
    ],
    tables: [table(rows)],
    targets: [],
    plots: [],
    firstLimits: [],
  }
}

function unitsOfRole({ rounds }: Recipe, { role, index, kind }: HotKey): number {
  const shares = rounds.flatMap((round) => (round === 'post' ? [] : round.calls.flatMap((call) => call.shares)))
  return shares
    .filter((share) => share.role === role && share.kind === kind && share.index === index)
    .reduce((sum, { units }) => sum + units, 0)
}

function rowOf({ key, keys, event, kind, divides }: HotKey, units: number): string[] {
  const limit = kind === 'write' ? figures.partitionWrites.value : figures.partitionReads.value
  return [key, event, `${number(units)} ${kind}`, number((limit * keys) / units), divides ? 'after minutes' : 'no']
}

const table = (rows: readonly string[][]): Table => ({
  title: 'Load at which a shared key is full',
  head: ['Key', 'Event', 'Units an event', 'Events a second', 'Can be divided'],
  rows,
})
