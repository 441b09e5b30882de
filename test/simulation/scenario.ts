import type { ActionName } from '../../lib/profile/order/action-names.ts'
import type { Settings } from '../../lib/profile/request/settings.ts'
import { aSetting } from '../builders.ts'
import type { Say, Telling } from './callback-bodies.ts'
import type { Kind } from './cards.ts'
import type { ListenerRules } from './listener.ts'
import type { Seeded } from './random.ts'
import type { LostAnswer, Trouble } from './thing-space.ts'
import type { Rollout } from './versions.ts'

/**
 * `once`: sends no key and calls once. `repeats`: has an Idempotency-Key and calls until it is answered. `twice`: the
 * same, with two concurrent calls and a third one at the end.
 */
export type CallerKind = 'once' | 'repeats' | 'twice'

export type RequestSpec = {
  action: ActionName
  devices: number
  /** The first card of the list. Requests of one account may share cards. */
  firstDevice: number
  /** The identifier kinds that name each device. The default is EID and ICCID. */
  kinds?: readonly Kind[]
  /** Names its devices without check digits. */
  short?: true
  /** The profile of its cards that is ordered. The default is the first one. */
  profile?: number
  caller: CallerKind
  /** Milliseconds after the start. */
  at: number
  /** Further actions of an operator or an app. */
  decisions?: readonly { what: 'retry' | 'cancel' | 'abandon'; at: number }[]
  /** Decides again each time the request waits for a decision. */
  patient?: true
  /** Milliseconds after the start at which the app uses its Idempotency-Key again with the same body. */
  againAt?: number
  accountName?: string
}

/** A message about something that the gateway did not order, such as work in ThingSpace's portal. */
type Stranger = {
  at: number
  card: number
  profile: number
  kinds: readonly Kind[]
  say: Say
  accountName?: string
}

/** A small world: the orders, and the behaviour of ThingSpace. */
export type Scenario = {
  name: string
  settings: Settings
  requests: readonly RequestSpec[]
  /** What ThingSpace reports about one accepted device of an order. */
  tellings: (random: Seeded, card: number, order: number) => readonly Telling[]
  /** Numbers of the devices that ThingSpace refuses. */
  refused?: readonly number[]
  /** Seconds after which it starts to refuse them. */
  refusedFromSeconds?: number
  /** Seconds between which ThingSpace throttles. */
  busyFromSeconds?: number
  busySeconds?: number
  /** Periods in which ThingSpace accepts nothing. */
  troubles?: readonly Trouble[]
  /** Calls that ThingSpace takes at once. */
  takesAtOnce?: number
  /** When all troubles are over, and how long after that every device must have been sent. */
  recovers?: { afterSeconds: number; withinSeconds: number }
  /** When operators end the pause of calls, in milliseconds after the start. Equal times are two commands at once. */
  resumesAt?: readonly number[]
  /** Clocks of environments differ by up to this many milliseconds. */
  skew?: number
  /** Probability that a message is delivered to two workers at the same time. */
  twice?: number
  /** The delay of the indexes, and of reads that are not consistent, behind the table. */
  lag?: number
  /** The stream's images are marshalled and go through the handler's own parsing, as on Lambda. */
  marshalled?: true
  /** Seconds between which DynamoDB refuses everything. */
  outage?: { from: number; to: number }
  /** The number of writes per second above which the table throttles. */
  writesPerSecond?: number
  /** Until when a kind of command fails in one function, because of a missing permission or a hot item. */
  failing?: { by: string; label: string; untilSeconds: number }
  /** When an operator redrives the dead letters of the submissions queue. */
  redriveSeconds?: number
  /** keep-listener runs, and the listener's password is rotated. */
  listener?: ListenerRules
  /** Two versions of the code, and when each is called. */
  rollout?: Rollout
  /** Results of other systems on the account. */
  foreign?: number
  strangers?: readonly Stranger[]
  /** Responses that are lost in every schedule. */
  lost?: readonly LostAnswer[]
  /** Until this day, DynamoDB deletes expired items one by one, in any order, up to two days late. */
  deletesUntilDay?: number
  /** Probability that a transaction is cancelled because another one holds one of its items. */
  conflicts?: number
  /** Seconds between which a peer accepts calls without answering. Each caller gives up after its time-out. */
  hangs?: { peer: 'status' | 'table'; from: number; to: number; milliseconds: number }
  /** The longest time in milliseconds of the sweep's queries. The pages of a large request are read in sequence. */
  slowQueries?: number
  /** Effects overlap in time, as on many machines. */
  parallel?: true
  /** The table has the key ranges of a new one. They cannot be put back to a rest, so only storms have them. */
  capacity?: true
  /** Functions have no time limit: a storm shares one clock among hundreds of calls. */
  untimed?: true
  /** The default run takes one pair of faults in this many. */
  pairsOneIn?: number
  /** The number of random schedules of a large world in the default run, if it differs from the usual number. */
  schedules?: number
}

const seconds = 1000
const minutes = 60 * seconds

/** How long a result for another profile of a card waits for one for the ordered profile. */
export const settling = { otherProfileSeconds: 120 }

/** Results may take an hour, so that a run need not simulate a day. */
export const settings = (over: Partial<Settings> = {}): Settings =>
  aSetting({
    resultsWithinSeconds: 3600,
    retry: { firstDelaySeconds: 5, capSeconds: 900, maximumAgeSeconds: 7200 },
    ...settling,
    ...over,
  })

/** Success after a while, and sometimes at once, so that it arrives before the response. */
export const usual = (random: Seeded): Telling[] => [
  { say: 'success', after: random.chance(0.3) ? 0 : random.between(1, 40) * seconds },
]
export const atOnce = (): Telling[] => [{ say: 'success', after: 0 }]
export const silent = (): Telling[] => []

/** Before the rotation of the listener's password, during it, and when only the new password is sent. */
const aroundRotation = (random: Seeded): Telling[] => [
  { say: 'warning', after: random.between(0, 3) * seconds },
  { say: 'success-after-warning', after: random.between(6, 12) * seconds },
  { say: 'success-after-warning', after: random.between(940, 965) * seconds },
  { say: 'success-after-warning', after: random.between(1790, 2800) * seconds },
]

/**
 * Warnings, repeats, late results and contradictions: everything that ThingSpace was observed or documented to send.
 */
function unruly(random: Seeded): Telling[] {
  const soon = random.between(0, 20) * seconds
  switch (random.below(9)) {
    case 0:
      return [
        { say: 'warning', after: soon },
        { say: 'success-after-warning', after: soon + random.between(0, 300) * seconds },
      ]
    case 1:
      return [
        { say: 'success', after: soon },
        { say: 'warning', after: soon + random.between(0, 5) * seconds },
      ]
    case 2:
      return [
        { say: 'success', after: soon },
        { say: 'success', after: soon },
        { say: 'success', after: soon + 1300 },
        { say: 'success', after: soon + 5 * minutes },
      ]
    case 3:
      return [
        { say: 'success', after: soon },
        { say: 'failed', after: soon + random.between(0, 3) * seconds },
      ]
    case 4:
      return [{ say: 'fault', after: soon }]
    case 5:
      return [
        { say: 'nonsense', after: soon },
        { say: 'success', after: soon },
      ]
    case 6:
      return [{ say: 'success', after: 2 * 60 * minutes }]
    case 7:
      return [{ say: 'warning', after: soon }]
    default:
      return [{ say: 'success', after: 0 }]
  }
}

export const one = (action: ActionName, caller: CallerKind, over: Partial<RequestSpec> = {}): RequestSpec => ({
  action,
  devices: 1,
  firstDevice: 1,
  caller,
  at: 0,
  ...over,
})

const bulk = settings({ devicesPerSubmission: { local: 1, device: 1, consumer: 1, global: 1 } })
const pairs = settings({ devicesPerSubmission: { local: 4, device: 4, consumer: 4, global: 4 } })

/** The settings of the next version. They differ wherever stored and configured values may differ. */
const nextSettings: Partial<Settings> = {
  devicesPerSubmission: { local: 1, device: 1, consumer: 1, global: 1 },
  leaseSeconds: 90,
  workMessageGraceSeconds: 90,
  graceSeconds: { repeatable: 120, other: 600 },
  retry: { firstDelaySeconds: 8, capSeconds: 300, maximumAgeSeconds: 3600 },
}

/** The worlds of the exhaustive search: every single and every double fault. */
export const protocolWorlds: readonly Scenario[] = [
  { name: 'download once', settings: settings(), requests: [one('download_enable', 'once')], tellings: usual },
  { name: 'download repeats', settings: settings(), requests: [one('download_enable', 'repeats')], tellings: atOnce },
  { name: 'download silent', settings: settings(), requests: [one('download_enable', 'once')], tellings: silent },
  { name: 'activate asked', settings: settings(), requests: [one('activate', 'once')], tellings: silent },
  { name: 'enable once', settings: settings(), requests: [one('enable', 'once', { devices: 2 })], tellings: usual },
  { name: 'enable silent', settings: settings(), requests: [one('enable', 'repeats')], tellings: silent },
  { name: 'delete unruly', settings: settings(), requests: [one('delete', 'once', { devices: 2 })], tellings: unruly },
  { name: 'enable twice', settings: settings(), requests: [one('enable', 'twice')], tellings: unruly, twice: 0.2 },
  {
    name: 'download queued',
    settings: bulk,
    requests: [one('download_enable', 'once', { devices: 2 })],
    tellings: usual,
  },
  {
    name: 'throttled',
    settings: settings(),
    requests: [one('download_enable', 'once')],
    tellings: usual,
    busySeconds: 8,
  },
  {
    name: 'download after a stranger',
    settings: settings(),
    requests: [one('download_enable', 'once', { at: 2000 })],
    tellings: silent,
    foreign: 1,
    pairsOneIn: 128,
  },
  {
    name: 'cancel while unconfirmed',
    settings: settings(),
    requests: [
      one('enable', 'once', {
        decisions: [
          { what: 'cancel', at: 200_000 },
          { what: 'abandon', at: 600_000 },
        ],
      }),
    ],
    tellings: silent,
    busyFromSeconds: 30,
    busySeconds: 400,
  },
  {
    name: 'success after the deadline',
    settings: settings(),
    requests: [one('download_enable', 'once', { devices: 2 })],
    tellings: (random) => (random.chance(0.5) ? [] : [{ say: 'success', after: 5000 * seconds }]),
    pairsOneIn: 32,
  },
  {
    name: 'bisection',
    settings: pairs,
    requests: [one('download_enable', 'once', { devices: 2 })],
    tellings: usual,
    refused: [2],
  },
  {
    name: 'set aside',
    settings: settings({ workMessageGraceSeconds: 900 }),
    requests: [one('download_enable', 'once')],
    tellings: usual,
    busySeconds: 8,
    failing: { by: 'retry-submission', label: 'PutCommand', untilSeconds: 1700 },
    redriveSeconds: 2000,
    pairsOneIn: 4,
  },
  {
    name: 'password rotation',
    settings: settings(),
    requests: [one('enable', 'once', { devices: 2 })],
    tellings: aroundRotation,
    listener: { keepAt: [5, 5.03, 950, 1800, 3000], rotateEveryHours: 4 },
    pairsOneIn: 8,
  },
  {
    name: 'deployment taken back',
    settings: settings({ devicesPerSubmission: { local: 2, device: 2, consumer: 2, global: 2 } }),
    requests: [one('download_enable', 'repeats', { devices: 3 })],
    tellings: usual,
    rollout: { fromSeconds: 0, untilSeconds: 20, backFromSeconds: 60, settings: nextSettings },
    pairsOneIn: 8,
  },
]

/** The worlds of random faults and interleavings. */
export const protocolLargeWorlds: readonly Scenario[] = [
  {
    name: 'several requests',
    marshalled: true,
    settings: settings(),
    requests: [
      one('download_enable', 'twice', { devices: 2, patient: true }),
      one('enable', 'repeats', { devices: 2, firstDevice: 2, at: 3000 }),
      one('delete', 'once', { firstDevice: 5, at: 8000 }),
      one('download_enable', 'once', { firstDevice: 1, at: 1500, accountName: '0000999999-00009' }),
    ],
    tellings: unruly,
    twice: 0.1,
    foreign: 2,
  },
  {
    name: 'bulk with bisection',
    marshalled: true,
    settings: pairs,
    requests: [one('download_enable', 'repeats', { devices: 10, patient: true })],
    tellings: unruly,
    refused: [3, 8],
    twice: 0.1,
  },
  {
    name: 'cancel and retry race',
    marshalled: true,
    settings: bulk,
    requests: [
      one('download_enable', 'once', {
        devices: 4,
        decisions: [
          { what: 'cancel', at: 900 },
          { what: 'retry', at: 901 },
          { what: 'retry', at: 30_000 },
        ],
        patient: true,
      }),
      one('enable', 'repeats', {
        devices: 2,
        firstDevice: 10,
        decisions: [
          { what: 'retry', at: 500 },
          { what: 'cancel', at: 400_000 },
        ],
      }),
    ],
    tellings: usual,
    busySeconds: 30,
  },
  {
    name: 'clocks apart',
    marshalled: true,
    settings: settings(),
    requests: [
      one('download_enable', 'repeats', { devices: 2, patient: true }),
      one('enable', 'once', { devices: 1, firstDevice: 5, at: 100 }),
    ],
    tellings: unruly,
    skew: 5 * minutes,
    twice: 0.1,
    lag: 2000,
  },
  {
    name: 'refused later',
    marshalled: true,
    settings: settings(),
    requests: [
      one('enable', 'once', { devices: 2 }),
      one('download_enable', 'repeats', { devices: 3, firstDevice: 2, at: 2500, patient: true }),
    ],
    tellings: (random) => (random.chance(0.5) ? [] : usual(random)),
    refused: [2],
    refusedFromSeconds: 40,
    foreign: 1,
  },
  {
    name: 'one device, many requests',
    marshalled: true,
    settings: settings(),
    requests: [
      one('download_enable', 'once'),
      one('download_enable', 'once', { at: 200 }),
      one('delete', 'repeats', { at: 60_000 }),
    ],
    tellings: usual,
    foreign: 1,
  },
  {
    name: 'passwords and results',
    marshalled: true,
    settings: settings(),
    requests: [
      one('download_enable', 'twice', { devices: 2, patient: true }),
      one('enable', 'repeats', { devices: 2, firstDevice: 2, at: 3000 }),
      one('delete', 'once', { firstDevice: 5, at: 100_000 }),
    ],
    tellings: (random) => (random.chance(0.5) ? unruly(random) : aroundRotation(random)),
    // Two runs at once, as a schedule and a deployment may cause, and otherwise further apart than a run can take.
    listener: { keepAt: [3, 3, 125, 950, 1800, 2400, 3000, 3300, 3500], rotateEveryHours: 4 },
    twice: 0.1,
    foreign: 1,
  },
  {
    name: 'rolling deployment',
    marshalled: true,
    settings: pairs,
    requests: [
      one('download_enable', 'twice', { devices: 6, patient: true }),
      one('enable', 'repeats', { devices: 2, firstDevice: 2, at: 3000 }),
      one('delete', 'once', { devices: 5, firstDevice: 8, at: 15_000 }),
    ],
    tellings: unruly,
    rollout: { fromSeconds: 1, untilSeconds: 120, settings: nextSettings },
    twice: 0.1,
    foreign: 1,
  },
]
