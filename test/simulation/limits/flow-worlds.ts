import { atOnce, one, type Scenario, settings, usual } from '../scenario.ts'

const each = { local: 1, device: 1, consumer: 1, global: 1 }
const ordered = settings({ devicesPerSubmission: each, postsAtOnce: 4 })

/** Small worlds in which ThingSpace takes fewer calls than there are, or none. A repeat of their action is harmless. */
export const flowWorlds: readonly Scenario[] = [
  {
    name: 'fewer calls at once',
    settings: ordered,
    requests: [one('enable', 'repeats', { devices: 4 }), one('enable', 'repeats', { firstDevice: 11, at: 3000 })],
    tellings: atOnce,
    takesAtOnce: 1,
    recovers: { afterSeconds: 0, withinSeconds: 600 },
    pairsOneIn: 512,
  },
  {
    name: 'asked to wait',
    settings: ordered,
    requests: [one('enable', 'repeats'), one('enable', 'repeats', { firstDevice: 2, at: 30_000 })],
    tellings: atOnce,
    troubles: [{ fromSeconds: 0, untilSeconds: 100, how: 'throttled', retryAfterSeconds: 120 }],
    recovers: { afterSeconds: 125, withinSeconds: 600 },
    pairsOneIn: 512,
  },
  {
    name: 'unreachable for a minute',
    settings: ordered,
    requests: [one('enable', 'repeats', { devices: 2 }), one('enable', 'repeats', { firstDevice: 11, at: 20_000 })],
    tellings: atOnce,
    troubles: [{ fromSeconds: 0, untilSeconds: 60, how: 'unreachable' }],
    recovers: { afterSeconds: 60, withinSeconds: 600 },
    pairsOneIn: 512,
  },
  {
    name: 'calls in turns',
    settings: { ...ordered, callsPerMinute: 12 },
    requests: [
      one('enable', 'repeats', { devices: 2 }),
      one('enable', 'repeats', { firstDevice: 11 }),
      one('enable', 'repeats', { firstDevice: 12, at: 500 }),
    ],
    tellings: atOnce,
    recovers: { afterSeconds: 0, withinSeconds: 600 },
    pairsOneIn: 512,
  },
  {
    name: 'resumed by operators',
    settings: ordered,
    requests: [
      one('enable', 'repeats'),
      one('enable', 'repeats', { firstDevice: 11, at: 20_000 }),
      one('enable', 'repeats', { firstDevice: 12, at: 20_010 }),
      one('enable', 'repeats', { firstDevice: 13, at: 55_000 }),
    ],
    tellings: atOnce,
    // The first commands come while ThingSpace asks to wait, and the others during a stop. Orders come with both.
    troubles: [
      { fromSeconds: 0, untilSeconds: 15, how: 'throttled', retryAfterSeconds: 200 },
      { fromSeconds: 15, untilSeconds: 75, how: 'unreachable' },
    ],
    resumesAt: [20_000, 20_000, 55_000, 55_000],
    recovers: { afterSeconds: 215, withinSeconds: 600 },
    pairsOneIn: 512,
  },
  {
    name: 'a call outlives its slot',
    settings: ordered,
    requests: [
      one('enable', 'repeats', { devices: 3 }),
      one('enable', 'repeats', { firstDevice: 11, at: 71_000 }),
      one('enable', 'repeats', { firstDevice: 12, at: 79_000 }),
    ],
    tellings: atOnce,
    // A suspended process continues while the calls of others take long.
    troubles: [
      { fromSeconds: 0, untilSeconds: 1, how: 'throttled' },
      { fromSeconds: 70, untilSeconds: 100, how: 'silent' },
    ],
    recovers: { afterSeconds: 100, withinSeconds: 600 },
    pairsOneIn: 512,
  },
]

/** A bulk order and single orders, while ThingSpace takes two calls, and for some minutes none. */
export const flowLargeWorlds: readonly Scenario[] = [
  {
    name: 'fewer calls, then none',
    marshalled: true,
    settings: settings({ devicesPerSubmission: each, postsAtOnce: 6 }),
    requests: [
      one('enable', 'repeats', { devices: 16 }),
      one('enable', 'repeats', { devices: 16, firstDevice: 51, at: 62_000 }),
      ...[2, 4, 6, 8, 70, 200].map((at, index) =>
        one('enable', 'repeats', { firstDevice: 101 + index, at: at * 1000 }),
      ),
    ],
    tellings: usual,
    takesAtOnce: 2,
    troubles: [
      { fromSeconds: 20, untilSeconds: 60, how: 'throttled', retryAfterSeconds: 40 },
      { fromSeconds: 60, untilSeconds: 180, how: 'silent' },
    ],
    recovers: { afterSeconds: 180, withinSeconds: 1200 },
    twice: 0.1,
    schedules: 15,
  },
]
