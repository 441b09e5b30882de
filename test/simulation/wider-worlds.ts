import type { Telling } from './callback-bodies.ts'
import type { Kind } from './cards.ts'
import type { Seeded } from './random.ts'
import { atOnce, one, type Scenario, settings, silent, usual } from './scenario.ts'

const seconds = 1000
const minutes = 60 * seconds
const hours = 60 * minutes
const days = 24 * hours

const everything: readonly Kind[] = ['eid', 'iccid', 'imei', 'mdn']
const each = { local: 1, device: 1, consumer: 1, global: 1 }
const retriedLater = [{ what: 'retry' as const, at: 2 * hours }]

/** Names the device by some of its identifiers, including one of these, in any of the usual spellings. */
function anyNames(random: Seeded, amongThem: readonly Kind[]): Pick<Telling, 'kinds' | 'odd'> {
  const sure = random.pick(amongThem)
  const kinds = everything.filter((kind) => kind === sure || random.chance(0.4))
  return { kinds, odd: true }
}

/** Small worlds about matching messages with devices. */
export const identityWorlds: readonly Scenario[] = [
  {
    name: 'activate by IMEI, answer lost',
    settings: settings(),
    requests: [one('activate', 'once', { kinds: ['imei'], decisions: retriedLater })],
    lost: [{ order: 0, how: 'lost' }],
    tellings: (random) => [{ say: 'success', after: random.between(1, 40) * seconds, kinds: everything, odd: true }],
  },
  {
    name: 'fallback by IMEI',
    settings: settings(),
    requests: [one('setfallbackattribute', 'once', { kinds: ['imei'] })],
    tellings: (random) => [{ say: 'success', after: random.between(0, 40) * seconds, kinds: ['iccid', 'eid'] }],
  },
  {
    name: 'first by IMEI, then by EID',
    settings: settings(),
    requests: [one('delete', 'once', { decisions: retriedLater })],
    lost: [{ order: 0, how: 'lost' }],
    tellings: (random) => {
      const soon = random.between(1, 20) * seconds
      return [
        { say: 'warning', after: soon, kinds: ['imei', 'mdn'] },
        { say: 'success-after-warning', after: soon + random.between(0, 60) * seconds, kinds: ['eid', 'imei'] },
      ]
    },
  },
  {
    name: 'two profiles of one card, answers lost',
    settings: settings(),
    requests: [one('delete', 'once'), one('delete', 'once', { profile: 1, at: 500 })],
    lost: [
      { order: 0, how: 'lost' },
      { order: 1, how: 'lost' },
    ],
    tellings: (random) => [{ say: 'success', after: random.between(1, 40) * seconds, kinds: ['eid', 'iccid'] }],
  },
  {
    name: 'two orders of one line, answers lost',
    settings: settings(),
    requests: [
      one('activate', 'once', { kinds: ['imei'], decisions: retriedLater }),
      one('activate', 'once', { kinds: ['imei'], at: 500 }),
    ],
    lost: [
      { order: 0, how: 'lost' },
      { order: 1, how: 'lost' },
    ],
    // The gateway cannot tell which order is meant, so it must hold back a retry.
    tellings: (random) => {
      const soon = random.between(1, 20) * seconds
      return [
        { say: 'success', after: soon, kinds: ['iccid', 'mdn'] },
        { say: 'success', after: soon + random.between(1, 60) * seconds, kinds: ['mdn', 'imei'] },
      ]
    },
    pairsOneIn: 512,
  },
  {
    name: 'any spelling',
    settings: settings(),
    requests: [
      one('download_enable', 'once'),
      one('activate', 'once', { kinds: ['mdn'], firstDevice: 2 }),
      one('activate', 'once', { kinds: ['iccid', 'imei'], firstDevice: 3, short: true }),
    ],
    tellings: (random) => [{ say: 'success', after: random.between(0, 40) * seconds, ...anyNames(random, everything) }],
  },
  {
    name: 'without check digits, answers lost',
    settings: settings(),
    // ThingSpace accepts an ICCID without its check digit. Complete ones have 20 digits (card 2) or 19 (card 3).
    requests: [2, 3].map((firstDevice, at) =>
      one('activate', 'once', { kinds: ['iccid', 'imei'], firstDevice, short: true, at, decisions: retriedLater }),
    ),
    lost: [
      { order: 0, how: 'lost' },
      { order: 1, how: 'lost' },
    ],
    tellings: (random) => [{ say: 'success', after: random.between(1, 40) * seconds, kinds: ['iccid', 'mdn'] }],
  },
  {
    name: 'any spelling, answers lost',
    settings: settings(),
    requests: [
      one('delete', 'once', { decisions: retriedLater }),
      one('activate', 'once', { kinds: ['mdn'], firstDevice: 2, decisions: retriedLater }),
    ],
    lost: [
      { order: 0, how: 'lost' },
      { order: 1, how: 'lost' },
    ],
    tellings: (random, card) => [
      {
        say: 'success',
        after: random.between(1, 40) * seconds,
        ...anyNames(random, card === 1 ? ['eid', 'iccid'] : ['mdn']),
      },
    ],
  },
  {
    name: 'another profile first',
    settings: settings(),
    requests: [one('enable', 'once', { devices: 2 })],
    tellings: (random, card) => {
      const soon = random.between(0, 10) * seconds
      return [
        { say: 'success', after: soon, profile: 1, kinds: ['eid', 'iccid'] },
        {
          say: card === 1 ? 'failed' : 'success',
          after: soon + random.between(1, 60) * seconds,
          kinds: ['eid', 'iccid'],
        },
      ]
    },
  },
  {
    name: 'another profile long before',
    settings: settings(),
    requests: [one('enable', 'once')],
    // When the result of the ordered profile arrives, the result of the other one has already been published.
    tellings: (random) => {
      const soon = random.between(0, 10) * seconds
      return [
        { say: 'success', after: soon, profile: 1, kinds: ['eid', 'iccid'] },
        { say: 'failed', after: soon + random.between(6, 10) * minutes, kinds: ['eid', 'iccid'] },
      ]
    },
  },
  {
    name: 'disable answers with another profile',
    settings: settings(),
    requests: [one('disable', 'once')],
    tellings: (random) => [{ say: 'success', after: random.between(0, 20) * seconds, profile: 1, kinds: everything }],
  },
  {
    name: 'strangers about the card',
    settings: settings(),
    requests: [one('delete', 'once', { at: 2 * seconds })],
    // Portal actions before our order and during it. An action on our own profile at that time cannot be told from
    // ours.
    strangers: [
      { at: 500, card: 1, profile: 0, kinds: ['imei', 'mdn', 'iccid'], say: 'failed' },
      { at: 8 * seconds, card: 1, profile: 1, kinds: ['eid', 'iccid'], say: 'failed' },
      { at: 200 * seconds, card: 1, profile: 1, kinds: ['eid', 'iccid'], say: 'failed' },
    ],
    tellings: (random) => [{ say: 'success', after: random.between(5, 300) * seconds, kinds: ['eid', 'iccid'] }],
  },
  {
    name: 'callback address of another account',
    settings: settings(),
    requests: [one('delete', 'once')],
    tellings: (random) => [
      { say: 'failed', after: random.between(0, 10) * seconds, accountName: '0000777777-00007' },
      { say: 'success', after: random.between(0, 10) * seconds },
      { say: 'failed', after: random.between(0, 60) * seconds, accountName: '0000777777-00007' },
    ],
  },
  {
    name: 'Monday and Friday',
    settings: settings(),
    requests: [one('enable', 'once'), one('delete', 'once', { at: 4 * days })],
    lost: [
      { order: 0, how: 'vanished' },
      { order: 1, how: 'lost' },
    ],
    tellings: usual,
  },
  {
    name: 'Monday undecided, and Friday',
    settings: settings(),
    requests: [one('delete', 'once'), one('delete', 'once', { at: 5 * days })],
    // The first order gets no decision, and its deadline for results is long over before the second is sent.
    lost: [
      { order: 0, how: 'vanished' },
      { order: 1, how: 'lost' },
    ],
    tellings: (random) => [{ say: 'success', after: random.between(1, 40) * seconds }],
  },
]

/** Small worlds about months: expired items are deleted one by one, and keys are used again. */
export const monthWorlds: readonly Scenario[] = [
  {
    name: 'key used again',
    settings: settings(),
    requests: [one('download_enable', 'repeats', { againAt: 36 * days })],
    tellings: usual,
    deletesUntilDay: 37,
  },
  {
    name: 'key used again for several',
    // More devices than a request stores in its own item. The other items are kept a day longer than that item.
    settings: settings({ devicesPerSubmission: { local: 3, device: 3, consumer: 3, global: 3 } }),
    requests: [one('delete', 'repeats', { devices: 5, againAt: 35.2 * days })],
    tellings: usual,
    deletesUntilDay: 37,
  },
  {
    name: 'retried before the end',
    settings: settings({ devicesPerSubmission: each }),
    requests: [one('delete', 'once', { devices: 2, decisions: [{ what: 'retry', at: 29 * days }] })],
    lost: [{ order: 0, nth: 2, how: 'vanished' }],
    tellings: (random, card) => [
      { say: 'success', after: random.between(1, 20) * seconds },
      ...(card === 2 ? [{ say: 'warning' as const, after: (8 + random.below(3)) * days }] : []),
      { say: 'failed', after: 9 * days + random.between(0, 20) * seconds, accountName: '0000777777-00007' },
    ],
    deletesUntilDay: 45,
    pairsOneIn: 512,
  },
]

/** Small worlds about delayed summaries: the limit for immediate summaries is below their size or equal to it. */
export const summaryWorlds: readonly Scenario[] = [
  {
    name: 'larger than the limit',
    settings: settings({ summariseAtOnceUpTo: 1 }),
    requests: [one('enable', 'once', { devices: 2 })],
    // One result arrives soon. The other arrives when the sweep, at 40 s past each minute here, summarises the first.
    tellings: (random, card) => [
      { say: 'success', after: card === 1 ? random.between(1, 30) * seconds : 108_000 + random.below(6000) },
    ],
    slowQueries: 4000,
  },
  {
    name: 'just within the limit',
    settings: settings({ summariseAtOnceUpTo: 2, devicesPerSubmission: each }),
    requests: [one('delete', 'once', { devices: 2 })],
    tellings: usual,
  },
  {
    name: 'larger, contradicted when settled',
    settings: settings({ summariseAtOnceUpTo: 1 }),
    requests: [one('delete', 'once', { devices: 2 })],
    tellings: (random, card) => [
      { say: 'success', after: random.between(0, 20) * seconds },
      ...(card === 2 ? [{ say: 'failed' as const, after: (10 + random.below(20)) * minutes }] : []),
    ],
  },
]

/** Small worlds about peers that do not answer, or that cancel calls. */
export const hangingWorlds: readonly Scenario[] = [
  {
    name: 'status calls hang',
    settings: settings({ devicesPerSubmission: each }),
    requests: [
      one('activate', 'once', { kinds: ['imei'], devices: 8 }),
      one('enable', 'once', { firstDevice: 20, at: 3500 * seconds }),
    ],
    lost: [{ order: 1, how: 'vanished' }],
    tellings: silent,
    hangs: { peer: 'status', from: 0, to: 3 * 3600, milliseconds: 8000 },
    pairsOneIn: 512,
  },
  {
    name: 'the table hangs',
    settings: settings({ devicesPerSubmission: each }),
    requests: [one('delete', 'repeats', { devices: 3 })],
    tellings: usual,
    hangs: { peer: 'table', from: 20, to: 150, milliseconds: 5000 },
  },
  {
    name: 'contradiction within a second',
    settings: settings(),
    requests: [one('delete', 'once')],
    tellings: (random) => {
      const soon = random.between(1, 30) * seconds
      return [
        { say: 'success', after: soon },
        { say: 'failed', after: soon + 250 },
      ]
    },
  },
  {
    name: 'transactions in conflict',
    settings: settings(),
    requests: [one('delete', 'twice')],
    tellings: atOnce,
    conflicts: 1,
  },
]

/** Worlds with random faults that combine all of this. */
export const widerLargeWorlds: readonly Scenario[] = [
  {
    name: 'many due, slow queries',
    settings: settings(),
    requests: Array.from({ length: 48 }, (_, index) =>
      one('disable', 'once', { firstDevice: index + 1, at: index * 50 }),
    ),
    tellings: silent,
    slowQueries: 5000,
    schedules: 50,
  },
  {
    name: 'cards and strangers',
    settings: settings({ summariseAtOnceUpTo: 1 }),
    requests: [
      one('enable', 'twice', { devices: 2, at: 2000 }),
      one('delete', 'once', { profile: 1, at: 3000, decisions: retriedLater }),
      one('activate', 'repeats', { kinds: ['imei'], firstDevice: 4, at: 2500, decisions: retriedLater }),
      one('activate', 'once', { kinds: ['mdn', 'iccid'], firstDevice: 5, at: 2500, decisions: retriedLater }),
    ],
    lost: [{ order: 2, how: 'lost' }],
    strangers: [
      { at: 500, card: 1, profile: 0, kinds: ['imei', 'mdn'], say: 'failed' },
      { at: 9000, card: 4, profile: 2, kinds: ['eid', 'iccid'], say: 'failed' },
      { at: 9500, card: 2, profile: 0, kinds: everything, say: 'success', accountName: '0000777777-00007' },
    ],
    tellings: (random, card) => {
      const soon = random.between(0, 20) * seconds
      const others: Telling[] =
        card === 1 && random.chance(0.5) ? [{ say: 'success', after: soon, profile: 2, kinds: ['eid', 'iccid'] }] : []
      const kinds: readonly Kind[] = card < 4 ? ['eid', 'iccid'] : everything
      return [
        ...others,
        {
          say: random.chance(0.3) ? 'failed' : 'success',
          after: soon + random.between(0, 60) * seconds,
          kinds,
          odd: true,
        },
        { say: 'failed', after: soon, accountName: '0000777777-00007' },
      ]
    },
    conflicts: 0.5,
    twice: 0.1,
  },
  {
    name: 'months',
    settings: settings({ devicesPerSubmission: each, summariseAtOnceUpTo: 2 }),
    requests: [
      one('delete', 'twice', { devices: 3, decisions: [{ what: 'retry', at: 29 * days }], againAt: 65 * days }),
      one('enable', 'repeats', { firstDevice: 2, at: 4 * days, againAt: 40 * days }),
      one('delete', 'once', { firstDevice: 2, at: 8 * days, decisions: [{ what: 'retry', at: 9 * days }] }),
    ],
    lost: [
      { order: 0, nth: 2, how: 'vanished' },
      { order: 1, how: 'vanished' },
      { order: 2, how: 'lost' },
    ],
    tellings: usual,
    deletesUntilDay: 67,
  },
]
