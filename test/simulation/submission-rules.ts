import type { SubmissionState } from '../../lib/profile/request/states.ts'
import type { Submission } from '../../lib/profile/request/submission.ts'
import type { Acceptance } from './thing-space.ts'
import { Violation } from './violation.ts'

/** Which state may follow which: written down here once more, so that a wrong table in the code is seen. */
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

/** How long a worker that has read the request may take to begin an attempt, in a world where nobody freezes. */
const beginsWithin = 5_000

type Stored = Submission & { dueBucket?: string }

/** What the rules about one submission must know of the world. */
export type Surroundings = {
  now: () => number
  leaseMilliseconds: number
  /** Without clocks that differ, and processes that freeze, times are to be kept too. */
  clocksAgree: boolean
  nobodyFreezes: () => boolean
}

/** I5: a submission goes forward only, and forgets nothing. */
export function checkHistory(name: string, before: Submission, after: Submission): void {
  const stays = before.state === after.state && (before.state === 'queued' || before.state === 'submitting')
  if (!stays && !followers[before.state].split(' ').includes(after.state)) {
    throw new Violation('I5 monotone', `${name} went from ${before.state} to ${after.state}`)
  }
  if (after.attempt < before.attempt) throw new Violation('I5 monotone', `${name} lost an attempt`)
  const doubted = before.attempts.find(({ outcome }) => outcome === 'unknown')
  // A worker that comes back after its lease knows what became of the very attempt that was in doubt.
  const resolved = doubted?.cause === 'lease-expired'
  const kept = after.attempts.some(
    ({ attempt, outcome }) =>
      attempt === doubted?.attempt && (outcome === 'unknown' || outcome === 'accepted' || resolved),
  )
  if (doubted !== undefined && !kept) throw new Violation('I3 honesty', `${name} forgot its doubt`)
  if (before.upstreamRequestIds.some((id) => !after.upstreamRequestIds.includes(id))) {
    throw new Violation('I7 visibility', `${name} forgot an upstream request id`)
  }
}

/** Leases are waited for, doubts are not divided, and what is cancelled is not begun. */
export function checkTimes(
  name: string,
  before: Submission,
  after: Submission,
  cancelledAt: number | undefined,
  { now, leaseMilliseconds, clocksAgree, nobodyFreezes }: Surroundings,
): void {
  // A refusal that comes after its lease settles the doubt about its own attempt; any other doubt stays in the history.
  if (after.deviceCount < before.deviceCount && after.attempts.some(({ outcome }) => outcome === 'unknown')) {
    throw new Violation('I2 at most once', `${name} was split although in doubt`)
  }
  const last = after.attempts.at(-1)
  const doubtedBySweep =
    before.state === 'submitting' && after.state === 'unconfirmed' && last?.cause === 'lease-expired'
  if (clocksAgree && doubtedBySweep && now() < before.updatedAt + leaseMilliseconds) {
    throw new Violation('I3 honesty', `${name} was put in doubt while its attempt was under way`)
  }
  const begins = before.state !== 'submitting' && after.state === 'submitting'
  const isLate = begins && cancelledAt !== undefined && now() > cancelledAt + beginsWithin
  if (clocksAgree && isLate && nobodyFreezes()) {
    throw new Violation('I3 honesty', `${name} was begun after its request was cancelled`)
  }
}

/** I1: what is not over is found by a sweep, or is listed before a person. */
export function checkDue(name: string, { state, dueAt, dueBucket, awaitsDecision }: Stored): void {
  const isOpen = state === 'queued' || state === 'submitting' || state === 'waiting' || state === 'unconfirmed'
  if (!isOpen) return
  if (dueAt === undefined || dueBucket === undefined)
    throw new Violation('I1 durability', `${name} is ${state} and never due`)
  if ((dueBucket === 'DECISION') !== (awaitsDecision === true)) {
    throw new Violation('I1 durability', `${name} is ${state} and listed under ${dueBucket}`)
  }
}

/** I3: a state says only what is true at ThingSpace. */
export function checkHonesty(
  name: string,
  { state, deviceCount, upstreamRequestIds }: Submission,
  own: readonly Acceptance[],
): void {
  switch (state) {
    case 'submitted': {
      if (upstreamRequestIds.length === 0) throw new Violation('I3 honesty', `${name} is submitted as nothing`)
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
      if (own.length > 0) throw new Violation('I3 honesty', `${name} is ${state} although ThingSpace has it`)
      return
    default:
  }
}
