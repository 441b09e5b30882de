import type { SubmissionState } from '../../lib/profile/request/states.ts'
import type { Submission } from '../../lib/profile/request/submission.ts'
import type { Acceptance } from './thing-space.ts'
import { Violation } from './violation.ts'

/** The allowed transitions, repeated here independently of the code, so that a wrong table in the code is found. */
const followers: Readonly<Record<SubmissionState, string>> = {
  queued: 'submitting cancelled',
  waiting: 'submitting submitted cancelled exhausted unconfirmed waiting',
  submitting: 'submitted waiting rejected unconfirmed exhausted',
  unconfirmed: 'submitted waiting rejected exhausted unconfirmed abandoned',
  abandoned: 'submitted waiting',
  rejected: 'waiting',
  exhausted: 'waiting',
  submitted: 'submitted',
  cancelled: '',
}

/**
 * How long a worker may take between reading a request and starting an attempt, in a world without suspended
 * processes.
 */
const beginsWithin = 5_000

type Stored = Submission & { dueBucket?: string }

/** What the rules about one submission need from the world. */
export type Surroundings = {
  now: () => number
  leaseMilliseconds: number
  /** Times are checked only without clock differences and suspended processes. */
  clocksAgree: boolean
  nobodyFreezes: () => boolean
}

/** I5: a submission only moves forward and loses nothing. */
export function checkHistory(name: string, before: Submission, after: Submission): void {
  const stays = before.state === after.state && (before.state === 'queued' || before.state === 'submitting')
  if (!stays && !followers[before.state].split(' ').includes(after.state)) {
    throw new Violation('I5 monotone', `${name} went from ${before.state} to ${after.state}`)
  }
  if (after.attempt < before.attempt) throw new Violation('I5 monotone', `${name} lost an attempt`)
  const unknownBefore = before.attempts.find(({ outcome }) => outcome === 'unknown')
  // A worker that returns after its lease knows the outcome of the attempt that was recorded as unknown.
  const resolved = unknownBefore?.cause === 'lease-expired'
  const kept = after.attempts.some(
    ({ attempt, outcome }) =>
      attempt === unknownBefore?.attempt && (outcome === 'unknown' || outcome === 'accepted' || resolved),
  )
  if (unknownBefore !== undefined && !kept) throw new Violation('I3 honesty', `${name} lost its unknown attempt`)
  if (before.upstreamRequestIds.some((id) => !after.upstreamRequestIds.includes(id))) {
    throw new Violation('I7 visibility', `${name} lost an upstream request id`)
  }
}

/** Leases are respected, unconfirmed submissions are not split, and cancelled ones are not attempted. */
export function checkTimes(
  name: string,
  before: Submission,
  after: Submission,
  cancelledAt: number | undefined,
  { now, leaseMilliseconds, clocksAgree, nobodyFreezes }: Surroundings,
): void {
  // A refusal that arrives after the lease resolves its own attempt. Any other unknown attempt stays in the history.
  if (after.deviceCount < before.deviceCount && after.attempts.some(({ outcome }) => outcome === 'unknown')) {
    throw new Violation('I2 at most once', `${name} was split with an unknown attempt`)
  }
  const last = after.attempts.at(-1)
  const unknownBeforeBySweep =
    before.state === 'submitting' && after.state === 'unconfirmed' && last?.cause === 'lease-expired'
  if (clocksAgree && unknownBeforeBySweep && now() < before.updatedAt + leaseMilliseconds) {
    throw new Violation('I3 honesty', `${name} became unconfirmed while its attempt was in flight`)
  }
  const begins = before.state !== 'submitting' && after.state === 'submitting'
  const isLate = begins && cancelledAt !== undefined && now() > cancelledAt + beginsWithin
  if (clocksAgree && isLate && nobodyFreezes()) {
    throw new Violation('I3 honesty', `${name} was attempted after its request was cancelled`)
  }
}

/** I1: an open submission is found by a sweep or listed as awaiting a decision. */
export function checkDue(name: string, { state, dueAt, dueBucket, awaitsDecision }: Stored): void {
  const isOpen = state === 'queued' || state === 'submitting' || state === 'waiting' || state === 'unconfirmed'
  if (!isOpen) return
  if (dueAt === undefined || dueBucket === undefined)
    throw new Violation('I1 durability', `${name} is ${state} and never due`)
  if ((dueBucket === 'DECISION') !== (awaitsDecision === true)) {
    throw new Violation('I1 durability', `${name} is ${state} and listed under ${dueBucket}`)
  }
}

/** I3: a state claims only what is true at ThingSpace. */
export function checkHonesty(
  name: string,
  { state, deviceCount, upstreamRequestIds }: Submission,
  own: readonly Acceptance[],
): void {
  switch (state) {
    case 'submitted': {
      if (upstreamRequestIds.length === 0)
        throw new Violation('I3 honesty', `${name} is submitted without an upstream request id`)
      for (const id of upstreamRequestIds) {
        if (!own.some(({ upstreamRequestId, devices }) => upstreamRequestId === id && devices.length === deviceCount)) {
          throw new Violation('I3 honesty', `${name} is submitted as ${id}, which is not its own`)
        }
      }
      return
    }
    case 'rejected':
    case 'exhausted':
    case 'cancelled':
      if (own.length > 0) throw new Violation('I3 honesty', `${name} is ${state} although ThingSpace accepted it`)
      return
    default:
  }
}
