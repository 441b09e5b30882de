import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ActionName } from '../../../lib/profile/actions.ts'
import type { SubmissionOutcome } from '../../../lib/profile/outcome.ts'
import { type Submission, SubmissionState } from '../../../lib/profile/request.ts'
import {
  abandon,
  acceptedAs,
  adoptedAs,
  afterGrace,
  afterLeaseExpired,
  afterOutcome,
  afterRetryDecision,
  beginAttempt,
  cancel,
  type Circumstances,
  giveUp,
  mayFollow,
  openDoubts,
  pointerSentAgain,
} from '../../../lib/profile/submission-states.ts'
import { account, aSetting } from '../../builders.ts'
import { anAttempt, aSubmission, hour, minute, noon, second } from './records.ts'

const at = (now: number, over: Partial<Circumstances> = {}): Circumstances => ({
  now,
  random: () => 0.5,
  settings: aSetting(),
  action: 'download',
  accountName: account,
  ...over,
})

const begun = (over: Partial<Submission> = {}): Submission => ({
  ...beginAttempt(aSubmission(), 'claim-1', at(noon)),
  ...over,
})

const accepted: SubmissionOutcome = { kind: 'accepted', upstreamRequestId: 'upstream-1' }
const refused: SubmissionOutcome = { kind: 'refused', error: { status: 400, code: 'INVALID' } }
const notAccepted = (
  cause: Extract<SubmissionOutcome, { kind: 'not-accepted' }>['cause'] = 'unavailable',
  retryAfterSeconds?: number,
): SubmissionOutcome => ({
  kind: 'not-accepted',
  cause,
  error: { status: 503 },
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
})
const unknown = (
  cause: Extract<SubmissionOutcome, { kind: 'unknown' }>['cause'] = 'connection-lost',
): SubmissionOutcome => ({ kind: 'unknown', cause, error: { message: 'socket hang up' } })

describe('what came back decides the state', () => {
  const now = noon + 2 * second
  /** Half way between 2.5 and 5 seconds. */
  const backOff = 3750
  const waiting = { state: 'waiting', nextAttemptAt: now + backOff, dueAt: now + backOff + minute }

  test.each<{ what: string; outcome: SubmissionOutcome; action?: ActionName; becomes: Partial<Submission> }>([
    {
      what: 'accepted',
      outcome: accepted,
      becomes: { state: 'submitted', upstreamRequestIds: ['upstream-1'], resultsDueAt: now + 24 * hour },
    },
    {
      what: 'unreachable',
      outcome: notAccepted('unreachable'),
      becomes: { ...waiting, error: { status: 503 } } as never,
    },
    { what: 'credentials', outcome: notAccepted('credentials'), becomes: waiting as never },
    { what: 'throttled', outcome: notAccepted('throttled'), becomes: waiting as never },
    { what: 'unavailable', outcome: notAccepted('unavailable'), becomes: waiting as never },
    {
      what: 'throttled with Retry-After',
      outcome: notAccepted('throttled', 120),
      becomes: { state: 'waiting', nextAttemptAt: now + 120 * second, dueAt: now + 180 * second },
    },
    { what: 'refused', outcome: refused, becomes: { state: 'rejected', error: { status: 400, code: 'INVALID' } } },
    ...(['no-answer', 'connection-lost', 'server-error', 'unreadable-answer', 'lease-expired'] as const).flatMap(
      (cause) => [
        {
          what: `unknown (${cause})`,
          outcome: unknown(cause),
          becomes: { state: 'unconfirmed' as const, graceEndsAt: now + 20 * minute, dueAt: now + 20 * minute },
        },
        {
          what: `unknown (${cause})`,
          action: 'enable' as const,
          outcome: unknown(cause),
          becomes: { state: 'unconfirmed' as const, graceEndsAt: now + minute, dueAt: now + minute },
        },
      ],
    ),
  ])('$what', ({ outcome, becomes, action = 'download' }) => {
    const next = afterOutcome(begun(), outcome, noon, at(now, { action }))
    expect(next).toMatchObject({ ...becomes, attempt: 1, updatedAt: now })
    expect(next.attempts).toMatchObject([{ attempt: 1, startedAt: noon, finishedAt: now, outcome: outcome.kind }])
    expect(next).not.toHaveProperty('leaseUntil')
    expect(next).not.toHaveProperty('awaitsDecision')
  })

  test.each(['submitted', 'rejected'])('what is %s is not due for a sweep', (state) => {
    const next = afterOutcome(begun(), state === 'submitted' ? accepted : refused, noon, at(now))
    expect(next).not.toHaveProperty('dueAt')
  })
})

const arrows: Record<SubmissionState, SubmissionState[]> = {
  queued: ['submitting', 'cancelled'],
  submitting: ['waiting', 'unconfirmed', 'submitted', 'rejected', 'exhausted'],
  waiting: ['submitting', 'submitted', 'waiting', 'unconfirmed', 'exhausted', 'cancelled'],
  unconfirmed: ['waiting', 'unconfirmed', 'submitted', 'rejected', 'exhausted', 'abandoned'],
  submitted: ['submitted'],
  rejected: ['waiting'],
  exhausted: ['waiting'],
  cancelled: [],
  abandoned: ['submitted', 'waiting'],
}

describe.each(SubmissionState.options)('from %s', (from) => {
  test.each(SubmissionState.options)(`to %s`, (to) => {
    expect(mayFollow(from, to)).toBe(arrows[from].includes(to))
  })
})

const statesBut = (...left: SubmissionState[]) => SubmissionState.options.filter((state) => !left.includes(state))

describe('an attempt', () => {
  const begin = (state: SubmissionState) => beginAttempt(aSubmission({ state, attempt: 3 }), 'claim-4', at(noon))

  test.each(['queued', 'waiting'] as const)('begins from %s, under a lease', (state) => {
    expect(begin(state)).toMatchObject({
      state: 'submitting',
      attempt: 4,
      claimId: 'claim-4',
      leaseUntil: noon + minute,
      dueAt: noon + minute,
    })
  })

  test.each(statesBut('queued', 'waiting'))('does not begin from %s', (state) => {
    expect(() => begin(state)).toThrow('may not go from')
  })
})

describe('a decision to retry', () => {
  const decide = (state: SubmissionState) =>
    afterRetryDecision(aSubmission({ state, giveUpAt: noon }), at(noon + 30 * hour))

  test.each(['waiting', 'unconfirmed', 'rejected', 'exhausted', 'abandoned'] as const)(
    'tries %s now, for another day',
    (state) => {
      expect(decide(state)).toMatchObject({
        state: 'waiting',
        nextAttemptAt: noon + 30 * hour,
        dueAt: noon + 30 * hour + minute,
        giveUpAt: noon + 54 * hour,
      })
    },
  )

  test.each(['queued', 'submitted', 'cancelled'] as const)('leaves %s alone', (state) => {
    expect(() => decide(state)).toThrow('may not go from')
  })
})

describe('a cancellation', () => {
  const stop = (state: SubmissionState) => cancel(aSubmission({ state }), noon + 1)

  test.each(['queued', 'waiting'] as const)('stops %s for good', (state) => {
    expect(stop(state)).toMatchObject({ state: 'cancelled', updatedAt: noon + 1 })
    expect(stop(state)).not.toHaveProperty('dueAt')
  })

  test.each(statesBut('queued', 'waiting'))('does not stop %s', (state) => {
    expect(() => stop(state)).toThrow('may not go from')
  })
})

describe('a doubt', () => {
  const lost = anAttempt({ attempt: 1, outcome: 'unknown' })
  const repeating = aSubmission({ state: 'waiting', attempt: 1, attempts: [lost] })

  test('is left to a person when its repetition is stopped, and never called cancelled', () => {
    expect(cancel(repeating, noon)).toMatchObject({ state: 'unconfirmed', awaitsDecision: true, dueAt: noon })
  })

  test('is adopted even after its repeat was accepted: ThingSpace then has both', () => {
    const repeated = { ...repeating, state: 'submitted' as const, upstreamRequestIds: ['upstream-2'] }
    expect(openDoubts(repeated, noon)).toBe(1)
    const adopted = adoptedAs(repeated, 'upstream-1', at(noon))
    expect(adopted).toMatchObject({ upstreamRequestIds: ['upstream-2', 'upstream-1'], adopted: ['upstream-1'] })
    expect(openDoubts(adopted, noon)).toBe(0)
  })

  test('can be given up, and what is given up can still be adopted or tried', () => {
    const given = abandon(aSubmission({ state: 'unconfirmed', attempt: 1, attempts: [lost] }), noon)
    expect(given).toMatchObject({ state: 'abandoned' })
    expect(given).not.toHaveProperty('dueAt')
    expect(adoptedAs(given, 'upstream-1', at(noon)).state).toBe('submitted')
    expect(afterRetryDecision(given, at(noon)).state).toBe('waiting')
  })

  test('of an attempt that began after the callback came is none that it could settle', () => {
    expect(openDoubts(repeating, noon - 1)).toBe(0)
  })
})

test('what is submitted is not taken back', () => {
  const submission = aSubmission({ state: 'submitted', attempt: 1 })
  const ways = [
    () => beginAttempt(submission, 'claim', at(noon)),
    ...[refused, notAccepted(), unknown()].map((outcome) => () => afterOutcome(submission, outcome, noon, at(noon))),
    () => afterLeaseExpired(submission, at(noon)),
    () => afterGrace(submission, at(noon)),
    () => afterRetryDecision(submission, at(noon)),
    () => cancel(submission, noon),
    () => giveUp(submission, noon),
  ]
  for (const way of ways) expect(way).toThrow('may not go from submitted')
})

describe('nothing leaves', () => {
  test.each(['cancelled'] as const)('%s', (state) => {
    const submission = aSubmission({ state, attempt: 1 })
    const ways = [
      () => beginAttempt(submission, 'claim', at(noon)),
      ...[accepted, refused, notAccepted(), unknown()].map(
        (outcome) => () => afterOutcome(submission, outcome, noon, at(noon)),
      ),
      () => acceptedAs(submission, 'upstream-9', at(noon)),
      () => afterLeaseExpired(submission, at(noon)),
      () => afterGrace(submission, at(noon)),
      () => afterGrace(submission, at(noon, { action: 'enable' })),
      () => afterRetryDecision(submission, at(noon)),
      () => cancel(submission, noon),
      () => giveUp(submission, noon),
    ]
    for (const way of ways) expect(way).toThrow(`may not go from ${state}`)
  })
})

describe('age', () => {
  test('an attempt that would come after a day is not waited for', () => {
    const late = at(noon + 24 * hour - 3 * second)
    expect(afterOutcome(begun(), notAccepted(), noon, late)).toMatchObject({
      state: 'exhausted',
      error: { status: 503 },
    })
    const justInTime = at(noon + 24 * hour - 4 * second)
    expect(afterOutcome(begun(), notAccepted(), noon, justInTime)).toMatchObject({ state: 'waiting' })
  })

  test('a Retry-After beyond the day ends it at once', () => {
    expect(afterOutcome(begun(), notAccepted('throttled', 86_401), noon, at(noon))).toMatchObject({
      state: 'exhausted',
    })
  })

  test('a carrier that is down for ever is asked a bounded number of times, the last within the day', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (drawn) => {
        let submission = begun()
        let now = noon
        let attempts = 1
        for (; ; attempts += 1) {
          now += 20 * second
          submission = afterOutcome(submission, notAccepted(), now - 20 * second, at(now, { random: () => drawn }))
          if (submission.state === 'exhausted') break
          expect(submission.nextAttemptAt).toBeLessThanOrEqual(submission.giveUpAt)
          now = submission.nextAttemptAt ?? 0
          submission = beginAttempt(submission, 'claim', at(now))
        }
        expect(now).toBeLessThanOrEqual(noon + 24 * hour + 20 * second)
        // Without jitter the floor of 2.5 s is all there is to wait.
        expect(attempts).toBeLessThanOrEqual((24 * 3600) / 22.5 + 1)
        expect(submission.attempts.length).toBeLessThanOrEqual(50)
      }),
      { numRuns: 20 },
    )
  })

  test('what was never sent and is given up is exhausted', () => {
    const waiting = aSubmission({ state: 'waiting', attempt: 1, error: { status: 503 }, attempts: [anAttempt()] })
    expect(giveUp(waiting, noon)).toMatchObject({ state: 'exhausted', error: { status: 503 } })
  })
})

describe('doubt', () => {
  const doubtful = [anAttempt({ outcome: 'unknown', cause: 'no-answer' })]

  test('a lease that ran out is doubt: ThingSpace may have it', () => {
    const next = afterLeaseExpired(begun(), at(noon + minute))
    expect(next).toMatchObject({
      state: 'unconfirmed',
      attempts: [{ attempt: 1, startedAt: noon, outcome: 'unknown', cause: 'lease-expired' }],
    })
  })

  test('the answer of the same attempt settles it, however late', () => {
    const unconfirmed = afterLeaseExpired(begun(), at(noon + minute))
    const later = at(noon + 2 * minute)
    expect(afterOutcome(unconfirmed, accepted, noon, later)).toMatchObject({ state: 'submitted' })
    expect(afterOutcome(unconfirmed, refused, noon, later)).toMatchObject({ state: 'rejected' })
    expect(afterOutcome(unconfirmed, notAccepted(), noon, later)).toMatchObject({
      state: 'waiting',
      attempts: [{ attempt: 1, outcome: 'not-accepted' }],
    })
  })

  test('callbacks settle it: adopted under their upstream request id', () => {
    const unconfirmed = aSubmission({ state: 'unconfirmed', attempt: 1, awaitsDecision: true, attempts: doubtful })
    const adopted = acceptedAs(unconfirmed, 'upstream-7', at(noon))
    expect(adopted).toMatchObject({ state: 'submitted', upstreamRequestIds: ['upstream-7'] })
    expect(adopted).not.toHaveProperty('awaitsDecision')
    expect(adopted).not.toHaveProperty('dueAt')
  })

  test('one upstream request id is kept once', () => {
    const known = begun({ upstreamRequestIds: ['upstream-1'] })
    expect(acceptedAs(known, 'upstream-1', at(noon)).upstreamRequestIds).toEqual(['upstream-1'])
  })

  test.each<{ action: ActionName; repeatUnconfirmedFor: string[]; becomes: Partial<Submission> }>([
    { action: 'enable', repeatUnconfirmedFor: [], becomes: { state: 'waiting', nextAttemptAt: noon + hour } },
    { action: 'download', repeatUnconfirmedFor: [], becomes: { state: 'unconfirmed', awaitsDecision: true } },
    { action: 'download', repeatUnconfirmedFor: ['other'], becomes: { state: 'unconfirmed', awaitsDecision: true } },
    { action: 'download', repeatUnconfirmedFor: [account], becomes: { state: 'waiting', nextAttemptAt: noon + hour } },
  ])('after the grace period of $action (repeated for $repeatUnconfirmedFor): $becomes.state', (row) => {
    const { action, repeatUnconfirmedFor, becomes } = row
    const unconfirmed = aSubmission({ state: 'unconfirmed', attempt: 1, attempts: doubtful })
    const circumstances = at(noon + hour, { action, settings: aSetting({ repeatUnconfirmedFor }) })
    expect(afterGrace(unconfirmed, circumstances)).toMatchObject(becomes)
  })

  test('a repeatable action older than a day waits for a person too', () => {
    const unconfirmed = aSubmission({ state: 'unconfirmed', attempt: 1, attempts: doubtful })
    expect(afterGrace(unconfirmed, at(noon + 25 * hour, { action: 'enable' }))).toMatchObject({
      state: 'unconfirmed',
      awaitsDecision: true,
      dueAt: noon + 25 * hour,
    })
  })

  test.each([
    { end: 'refused', next: afterOutcome(begun({ attempt: 2, attempts: doubtful }), refused, noon, at(noon)) },
    {
      end: 'not accepted after a day',
      next: afterOutcome(begun({ attempt: 2, attempts: doubtful }), notAccepted(), noon, at(noon + 24 * hour)),
    },
    {
      end: 'given up',
      next: giveUp(aSubmission({ state: 'waiting', attempt: 1, attempts: doubtful }), noon),
    },
  ])('of an earlier attempt outlives a later one that is $end', ({ next }) => {
    expect(next).toMatchObject({ state: 'unconfirmed', awaitsDecision: true })
  })

  test('outlives any number of later attempts, although only fifty are kept', () => {
    let submission = begun({ attempt: 2, attempts: [anAttempt(), anAttempt({ attempt: 2, outcome: 'unknown' })] })
    for (let attempt = 3; attempt <= 200; attempt += 1) {
      submission = afterOutcome(
        { ...submission, attempt, state: 'submitting' },
        notAccepted(),
        noon,
        at(noon, { random: () => 0 }),
      )
    }
    expect(submission.attempts).toHaveLength(50)
    expect(submission.attempts.slice(0, 2)).toMatchObject([{ attempt: 1 }, { attempt: 2, outcome: 'unknown' }])
    expect(submission.attempts.at(-1)).toMatchObject({ attempt: 200 })
    expect(giveUp(submission, noon)).toMatchObject({ state: 'unconfirmed', awaitsDecision: true })
  })
})

test('a pointer that is sent again is looked after again', () => {
  const waiting = aSubmission({ state: 'waiting', attempt: 1, nextAttemptAt: noon })
  expect(pointerSentAgain(waiting, at(noon + minute))).toEqual({
    ...waiting,
    dueAt: noon + 2 * minute,
    updatedAt: noon + minute,
  })
})

test('the first attempt explains a long history as well as the last ones', () => {
  let submission = begun()
  for (let attempt = 1; attempt <= 60; attempt += 1) {
    submission = afterOutcome({ ...submission, attempt, state: 'submitting' }, notAccepted(), noon, at(noon))
  }
  const kept = submission.attempts.map(({ attempt }) => attempt)
  expect(kept).toEqual([1, ...Array.from({ length: 49 }, (_, index) => 12 + index)])
})

type Step = 'begin' | 'accepted' | 'refused' | 'not-accepted' | 'unknown' | 'lease' | 'grace' | 'give-up' | 'decide'
const anyStep = fc.constantFrom<Step>(
  'begin',
  'begin',
  'begin',
  'accepted',
  'refused',
  'not-accepted',
  'unknown',
  'lease',
  'grace',
  'give-up',
  'decide',
)

/** The steps that may happen to a submission in its state; nothing if this one may not. */
function taken(submission: Submission, step: Step, circumstances: Circumstances): Submission | undefined {
  const { state } = submission
  const answered = state === 'submitting' || (state === 'unconfirmed' && submission.awaitsDecision !== true)
  switch (step) {
    case 'begin':
      return state === 'queued' || state === 'waiting' ? beginAttempt(submission, 'claim', circumstances) : undefined
    case 'accepted':
      return answered ? afterOutcome(submission, accepted, noon, circumstances) : undefined
    case 'refused':
      return answered ? afterOutcome(submission, refused, noon, circumstances) : undefined
    case 'not-accepted':
      return answered ? afterOutcome(submission, notAccepted(), noon, circumstances) : undefined
    case 'unknown':
      return state === 'submitting' ? afterOutcome(submission, unknown(), noon, circumstances) : undefined
    case 'lease':
      return state === 'submitting' ? afterLeaseExpired(submission, circumstances) : undefined
    case 'grace':
      return state === 'unconfirmed' ? afterGrace(submission, circumstances) : undefined
    case 'give-up':
      return state === 'waiting' ? giveUp(submission, circumstances.now) : undefined
    case 'decide':
      return state === 'rejected' || state === 'exhausted' || state === 'unconfirmed' || state === 'waiting'
        ? afterRetryDecision(submission, circumstances)
        : undefined
  }
}

const isOpen = new Set<SubmissionState>(['queued', 'submitting', 'waiting', 'unconfirmed'])

describe('along any path of a submission', () => {
  test('no state lies: nothing doubtful is rejected or exhausted, and what is open has its date', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyStep, fc.nat({ max: 4 * hour })), { maxLength: 120 }),
        fc.constantFrom<ActionName>('enable', 'download'),
        (steps, action) => {
          let submission = aSubmission()
          let now = noon
          const lastWordOn = new Map<number, string>()
          for (const [step, elapsed] of steps) {
            now += elapsed
            const next = taken(submission, step, at(now, { action }))
            if (next === undefined) continue
            expect(mayFollow(submission.state, next.state)).toBe(true)
            for (const { attempt, outcome } of next.attempts) lastWordOn.set(attempt, outcome)
            submission = next
            const doubtful = [...lastWordOn.values()].includes('unknown')
            const saysNothingHappened = submission.state === 'rejected' || submission.state === 'exhausted'
            expect(doubtful && saysNothingHappened).toBe(false)
            expect(submission.dueAt !== undefined).toBe(isOpen.has(submission.state))
            expect(submission.leaseUntil !== undefined).toBe(submission.state === 'submitting')
            expect(submission.upstreamRequestIds.length > 0).toBe(submission.state === 'submitted')
            expect(submission.awaitsDecision === true && submission.state !== 'unconfirmed').toBe(false)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
