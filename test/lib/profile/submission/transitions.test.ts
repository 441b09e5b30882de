import { describe, expect, test } from 'vitest'
import type { ActionName } from '../../../../lib/profile/order/action-names.ts'
import type { SubmissionOutcome } from '../../../../lib/profile/request/outcome.ts'
import { SubmissionState } from '../../../../lib/profile/request/states.ts'
import type { Submission } from '../../../../lib/profile/request/submission.ts'
import { openUnknownAttempts } from '../../../../lib/profile/submission/transitions/attempt-history.ts'
import {
  acceptedAs,
  adoptedAs,
  afterLeaseExpired,
  afterOutcome,
  beginAttempt,
} from '../../../../lib/profile/submission/transitions/attempt-transitions.ts'
import { isToBeSplit, splitAfterRefusal } from '../../../../lib/profile/submission/transitions/split-refused.ts'
import { type TransitionContext, mayFollow } from '../../../../lib/profile/submission/transitions/transitions.ts'
import {
  abandon,
  afterGrace,
  afterRetryDecision,
  cancel,
  giveUp,
  workMessageSentAgain,
} from '../../../../lib/profile/submission/transitions/waiting-transitions.ts'
import { account, aSetting } from '../../../builders.ts'
import { fc } from '../../../properties.ts'
import { anAttempt, aRequest, aSubmission, hour, minute, noon, second } from '../records.ts'

const at = (now: number, over: Partial<TransitionContext> = {}): TransitionContext => ({
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

describe('the outcome of an attempt decides the state of the submission:', () => {
  const now = noon + 2 * second
  /** The middle between 2.5 and 5 seconds. */
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
    const next = afterOutcome(begun(), { outcome, startedAt: noon }, at(now, { action }))
    expect(next).toMatchObject({ ...becomes, attempt: 1, updatedAt: now })
    expect(next.attempts).toMatchObject([{ attempt: 1, startedAt: noon, finishedAt: now, outcome: outcome.kind }])
    expect(next).not.toHaveProperty('leaseUntil')
    expect(next).not.toHaveProperty('awaitsDecision')
  })

  test.each(['submitted', 'rejected'])('a submission that is %s is not due for the sweep', (state) => {
    const next = afterOutcome(
      begun(),
      { outcome: state === 'submitted' ? accepted : refused, startedAt: noon },
      at(now),
    )
    expect(next).not.toHaveProperty('dueAt')
  })
})

const arrows: Record<SubmissionState, SubmissionState[]> = {
  queued: ['submitting', 'cancelled', 'exhausted'],
  submitting: ['waiting', 'unconfirmed', 'submitted', 'rejected', 'exhausted'],
  waiting: ['submitting', 'submitted', 'waiting', 'unconfirmed', 'exhausted', 'cancelled'],
  unconfirmed: ['waiting', 'unconfirmed', 'submitted', 'rejected', 'exhausted', 'abandoned'],
  submitted: ['submitted'],
  rejected: ['waiting'],
  exhausted: ['waiting'],
  cancelled: [],
  abandoned: ['submitted', 'waiting'],
}

describe.each(SubmissionState.options)('mayFollow from %s', (from) => {
  test.each(SubmissionState.options)(`to %s agrees with the transition table`, (to) => {
    expect(mayFollow(from, to)).toBe(arrows[from].includes(to))
  })
})

const statesBut = (...left: SubmissionState[]) => SubmissionState.options.filter((state) => !left.includes(state))

describe('an attempt', () => {
  const begin = (state: SubmissionState) => beginAttempt(aSubmission({ state, attempt: 3 }), 'claim-4', at(noon))

  test.each(['queued', 'waiting'] as const)('may start from %s, and then has a lease', (state) => {
    expect(begin(state)).toMatchObject({
      state: 'submitting',
      attempt: 4,
      claimId: 'claim-4',
      leaseUntil: noon + minute,
      dueAt: noon + minute,
    })
  })

  test.each(statesBut('queued', 'waiting'))('may not start from %s', (state) => {
    expect(() => begin(state)).toThrow('may not go from')
  })
})

describe('a decision to retry', () => {
  const decide = (state: SubmissionState) =>
    afterRetryDecision(aSubmission({ state, giveUpAt: noon }), 'single', at(noon + 30 * hour))

  test.each(['waiting', 'unconfirmed', 'rejected', 'exhausted', 'abandoned'] as const)(
    'schedules an attempt for %s now and allows another day',
    (state) => {
      expect(decide(state)).toMatchObject({
        state: 'waiting',
        nextAttemptAt: noon + 30 * hour,
        dueAt: noon + 30 * hour + minute,
        giveUpAt: noon + 54 * hour,
      })
    },
  )

  test.each(['queued', 'submitted', 'cancelled'] as const)('does not change %s', (state) => {
    expect(() => decide(state)).toThrow('may not go from')
  })
})

describe('a cancellation', () => {
  const stop = (state: SubmissionState) => cancel(aSubmission({ state }), at(noon + 1))

  test.each(['queued', 'waiting'] as const)('cancels %s permanently', (state) => {
    expect(stop(state)).toMatchObject({ state: 'cancelled', updatedAt: noon + 1 })
    expect(stop(state)).not.toHaveProperty('dueAt')
  })

  test.each(statesBut('queued', 'waiting'))('does not cancel %s', (state) => {
    expect(() => stop(state)).toThrow('may not go from')
  })
})

describe('an unknown attempt', () => {
  const lost = anAttempt({ attempt: 1, outcome: 'unknown' })
  const repeating = aSubmission({ state: 'waiting', attempt: 1, attempts: [lost] })

  test('waits for a decision if its repetition is cancelled, and is never shown as cancelled', () => {
    expect(cancel(repeating, at(noon))).toMatchObject({
      state: 'unconfirmed',
      awaitsDecision: true,
      dueAt: noon + 30 * 24 * hour,
    })
  })

  test('is adopted even after a later attempt was accepted, because ThingSpace then has both', () => {
    const repeated = { ...repeating, state: 'submitted' as const, upstreamRequestIds: ['upstream-2'] }
    expect(openUnknownAttempts(repeated, noon)).toHaveLength(1)
    const adopted = adoptedAs(repeated, 'upstream-1', at(noon))
    expect(adopted).toMatchObject({ upstreamRequestIds: ['upstream-2', 'upstream-1'], adopted: ['upstream-1'] })
    expect(openUnknownAttempts(adopted, noon)).toHaveLength(0)
  })

  test('is recorded when it is adopted if its lease has only just expired', () => {
    const adopted = adoptedAs(begun(), 'upstream-1', at(noon + 2 * minute))
    expect(adopted).toMatchObject({
      state: 'submitted',
      attempts: [{ attempt: 1, outcome: 'unknown', cause: 'lease-expired' }],
      adopted: ['upstream-1'],
    })
    expect(openUnknownAttempts(adopted, noon + hour)).toHaveLength(0)
  })

  test('can be abandoned, and the abandoned submission can still be adopted or retried', () => {
    const given = abandon(aSubmission({ state: 'unconfirmed', attempt: 1, attempts: [lost] }), noon)
    expect(given).toMatchObject({ state: 'abandoned' })
    expect(given).not.toHaveProperty('dueAt')
    expect(adoptedAs(given, 'upstream-1', at(noon)).state).toBe('submitted')
    expect(afterRetryDecision(given, 'single', at(noon)).state).toBe('waiting')
  })

  test('that is adopted late does not extend the deadline for results', () => {
    const repeated = aSubmission({
      state: 'submitted',
      attempt: 2,
      attempts: [lost],
      upstreamRequestIds: ['upstream-2'],
      resultsDueAt: noon - hour,
    })
    expect(adoptedAs(repeated, 'upstream-1', at(noon)).resultsDueAt).toBe(noon - hour)

    const given = abandon(aSubmission({ state: 'unconfirmed', attempt: 1, attempts: [lost] }), noon)
    expect(adoptedAs(given, 'upstream-1', at(noon + hour)).resultsDueAt).toBe(noon + hour)
  })

  test('that started after the callback arrived is not matched with it', () => {
    expect(openUnknownAttempts(repeating, noon - 1)).toHaveLength(0)
  })
})

test('a submitted submission cannot leave its state', () => {
  const submission = aSubmission({ state: 'submitted', attempt: 1 })
  const ways = [
    () => beginAttempt(submission, 'claim', at(noon)),
    ...[refused, notAccepted(), unknown()].map(
      (outcome) => () => afterOutcome(submission, { outcome, startedAt: noon }, at(noon)),
    ),
    () => afterLeaseExpired(submission, at(noon)),
    () => afterGrace(submission, at(noon)),
    () => afterRetryDecision(submission, 'single', at(noon)),
    () => cancel(submission, at(noon)),
    () => giveUp(submission, at(noon)),
  ]
  for (const way of ways) expect(way).toThrow('may not go from submitted')
})

describe('no transition leaves the state', () => {
  test.each(['cancelled'] as const)('%s', (state) => {
    const submission = aSubmission({ state, attempt: 1 })
    const ways = [
      () => beginAttempt(submission, 'claim', at(noon)),
      ...[accepted, refused, notAccepted(), unknown()].map(
        (outcome) => () => afterOutcome(submission, { outcome, startedAt: noon }, at(noon)),
      ),
      () => acceptedAs(submission, 'upstream-9', at(noon)),
      () => afterLeaseExpired(submission, at(noon)),
      () => afterGrace(submission, at(noon)),
      () => afterGrace(submission, at(noon, { action: 'enable' })),
      () => afterRetryDecision(submission, 'single', at(noon)),
      () => cancel(submission, at(noon)),
      () => giveUp(submission, at(noon)),
    ]
    for (const way of ways) expect(way).toThrow(`may not go from ${state}`)
  })
})

describe('the age limit of a submission', () => {
  test('prevents an attempt that would come after 24 hours', () => {
    const late = at(noon + 24 * hour - 3 * second)
    expect(afterOutcome(begun(), { outcome: notAccepted(), startedAt: noon }, late)).toMatchObject({
      state: 'exhausted',
      error: { status: 503 },
    })
    const justInTime = at(noon + 24 * hour - 4 * second)
    expect(afterOutcome(begun(), { outcome: notAccepted(), startedAt: noon }, justInTime)).toMatchObject({
      state: 'waiting',
    })
  })

  test('ends the submission at once if Retry-After is beyond it', () => {
    expect(
      afterOutcome(begun(), { outcome: notAccepted('throttled', 86_401), startedAt: noon }, at(noon)),
    ).toMatchObject({
      state: 'exhausted',
    })
  })

  test('limits the number of attempts while ThingSpace stays unavailable', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (drawn) => {
        let submission = begun()
        let now = noon
        let attempts = 1
        for (; ; attempts += 1) {
          now += 20 * second
          submission = afterOutcome(
            submission,
            { outcome: notAccepted(), startedAt: now - 20 * second },
            at(now, { random: () => drawn }),
          )
          if (submission.state === 'exhausted') break
          expect(submission.nextAttemptAt).toBeLessThanOrEqual(submission.giveUpAt)
          now = submission.nextAttemptAt ?? 0
          submission = beginAttempt(submission, 'claim', at(now))
        }
        expect(now).toBeLessThanOrEqual(noon + 24 * hour + 20 * second)
        // Without jitter, the only delay is the minimum of 2.5 s.
        expect(attempts).toBeLessThanOrEqual((24 * 3600) / 22.5 + 1)
        expect(submission.attempts.length).toBeLessThanOrEqual(50)
      }),
      { numRuns: 20 },
    )
  })

  test('exhausts a submission that ThingSpace never had', () => {
    const waiting = aSubmission({ state: 'waiting', attempt: 1, error: { status: 503 }, attempts: [anAttempt()] })
    expect(giveUp(waiting, at(noon))).toMatchObject({ state: 'exhausted', error: { status: 503 } })
  })
})

describe('an unconfirmed submission', () => {
  const unknownAttempts = [anAttempt({ outcome: 'unknown', cause: 'no-answer' })]

  test('results from an expired lease, because ThingSpace may have received the attempt', () => {
    const next = afterLeaseExpired(begun(), at(noon + minute))
    expect(next).toMatchObject({
      state: 'unconfirmed',
      attempts: [{ attempt: 1, startedAt: noon, outcome: 'unknown', cause: 'lease-expired' }],
    })
  })

  test('is resolved by the response to the same attempt, however late', () => {
    const unconfirmed = afterLeaseExpired(begun(), at(noon + minute))
    const later = at(noon + 2 * minute)
    expect(afterOutcome(unconfirmed, { outcome: accepted, startedAt: noon }, later)).toMatchObject({
      state: 'submitted',
    })
    expect(afterOutcome(unconfirmed, { outcome: refused, startedAt: noon }, later)).toMatchObject({ state: 'rejected' })
    expect(afterOutcome(unconfirmed, { outcome: notAccepted(), startedAt: noon }, later)).toMatchObject({
      state: 'waiting',
      attempts: [{ attempt: 1, outcome: 'not-accepted' }],
    })
  })

  test('is resolved by callbacks, which are adopted under their upstream request id', () => {
    const unconfirmed = aSubmission({
      state: 'unconfirmed',
      attempt: 1,
      awaitsDecision: true,
      attempts: unknownAttempts,
    })
    const adopted = acceptedAs(unconfirmed, 'upstream-7', at(noon))
    expect(adopted).toMatchObject({ state: 'submitted', upstreamRequestIds: ['upstream-7'] })
    expect(adopted).not.toHaveProperty('awaitsDecision')
    expect(adopted).not.toHaveProperty('dueAt')
  })

  test('stores the same upstream request id once', () => {
    const known = begun({ upstreamRequestIds: ['upstream-1'] })
    expect(acceptedAs(known, 'upstream-1', at(noon)).upstreamRequestIds).toEqual(['upstream-1'])
  })

  test.each<{ action: ActionName; repeatUnconfirmedFor: string[]; becomes: Partial<Submission> }>([
    { action: 'enable', repeatUnconfirmedFor: [], becomes: { state: 'waiting', nextAttemptAt: noon + hour } },
    { action: 'download', repeatUnconfirmedFor: [], becomes: { state: 'unconfirmed', awaitsDecision: true } },
    { action: 'download', repeatUnconfirmedFor: ['other'], becomes: { state: 'unconfirmed', awaitsDecision: true } },
    { action: 'download', repeatUnconfirmedFor: [account], becomes: { state: 'waiting', nextAttemptAt: noon + hour } },
  ])('after the grace period of $action (repeatUnconfirmedFor $repeatUnconfirmedFor) is $becomes.state', (row) => {
    const { action, repeatUnconfirmedFor, becomes } = row
    const unconfirmed = aSubmission({ state: 'unconfirmed', attempt: 1, attempts: unknownAttempts })
    const context = at(noon + hour, { action, settings: aSetting({ repeatUnconfirmedFor }) })
    expect(afterGrace(unconfirmed, context)).toMatchObject(becomes)
  })

  test('waits for a decision after 24 hours even if the action is repeatable', () => {
    const unconfirmed = aSubmission({ state: 'unconfirmed', attempt: 1, attempts: unknownAttempts })
    expect(afterGrace(unconfirmed, at(noon + 25 * hour, { action: 'enable' }))).toMatchObject({
      state: 'unconfirmed',
      awaitsDecision: true,
      dueAt: noon + 25 * hour + 30 * 24 * hour,
    })
  })

  test.each([
    {
      end: 'refused',
      next: afterOutcome(
        begun({ attempt: 2, attempts: unknownAttempts }),
        { outcome: refused, startedAt: noon },
        at(noon),
      ),
    },
    {
      end: 'not accepted after a day',
      next: afterOutcome(
        begun({ attempt: 2, attempts: unknownAttempts }),
        { outcome: notAccepted(), startedAt: noon },
        at(noon + 24 * hour),
      ),
    },
    {
      end: 'given up',
      next: giveUp(aSubmission({ state: 'waiting', attempt: 1, attempts: unknownAttempts }), at(noon)),
    },
  ])('stays unconfirmed if a later attempt is $end', ({ next }) => {
    expect(next).toMatchObject({ state: 'unconfirmed', awaitsDecision: true })
  })

  test('stays unconfirmed after any number of later attempts, although only fifty are kept', () => {
    let submission = begun({ attempt: 2, attempts: [anAttempt(), anAttempt({ attempt: 2, outcome: 'unknown' })] })
    for (let attempt = 3; attempt <= 200; attempt += 1) {
      submission = afterOutcome(
        { ...submission, attempt, state: 'submitting' },
        { outcome: notAccepted(), startedAt: noon },
        at(noon, { random: () => 0 }),
      )
    }
    expect(submission.attempts).toHaveLength(50)
    expect(submission.attempts.slice(0, 2)).toMatchObject([{ attempt: 1 }, { attempt: 2, outcome: 'unknown' }])
    expect(submission.attempts.at(-1)).toMatchObject({ attempt: 200 })
    expect(giveUp(submission, at(noon))).toMatchObject({ state: 'unconfirmed', awaitsDecision: true })
  })
})

describe('a refusal that may be about one device', () => {
  const blaming: SubmissionOutcome = { ...refused, mayBlameOneDevice: true }
  const five = aRequest({ deviceCount: 5 })
  const ofFive = (over: Partial<Submission> = {}) => ({
    ...beginAttempt(aSubmission({}, five), 'claim-1', at(noon)),
    ...over,
  })

  test.each<{ about: string; submission: Submission; outcome: SubmissionOutcome; split: boolean }>([
    { about: 'of several', submission: ofFive(), outcome: blaming, split: true },
    { about: 'of one alone', submission: ofFive({ deviceCount: 1 }), outcome: blaming, split: false },
    { about: 'but blames the whole request', submission: ofFive(), outcome: refused, split: false },
    { about: 'but nothing was refused', submission: ofFive(), outcome: notAccepted(), split: false },
    {
      about: 'while an earlier attempt is unknown, because the halves would repeat it',
      submission: ofFive({ attempt: 2, attempts: [anAttempt({ outcome: 'unknown' })] }),
      outcome: blaming,
      split: false,
    },
  ])('$about, splits the submission: $split', ({ submission, outcome, split }) => {
    expect(isToBeSplit(submission, outcome)).toBe(split)
  })

  test('creates two submissions that are due at once, named after their first devices', () => {
    const { first, second: rest } = splitAfterRefusal(
      ofFive(),
      { outcome: blaming, startedAt: noon },
      at(noon + second),
    )
    const common = {
      requestId: 'request-1',
      state: 'waiting',
      attempt: 1,
      nextAttemptAt: noon + second,
      dueAt: noon + second + minute,
      attempts: [{ attempt: 1, outcome: 'refused' }],
      error: { status: 400, code: 'INVALID' },
    }
    expect(first).toMatchObject({ ...common, submission: 0, firstDevice: 0, deviceCount: 3 })
    expect(rest).toMatchObject({ ...common, submission: 3, firstDevice: 3, deviceCount: 2, splitFrom: 0 })
    expect(first).not.toHaveProperty('leaseUntil')
    expect(rest).not.toHaveProperty('claimId')
  })

  test('narrows the submission down to the bad device and keeps every other device', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat({ max: 199 }), (deviceCount, drawn) => {
        const bad = drawn % deviceCount
        const request = aRequest({ deviceCount, devicesPerSubmission: 200 })
        const open = [aSubmission({}, request)]
        const sentOn: number[] = []
        const rejected: Submission[] = []
        for (let sent = 0; open.length > 0; sent += 1) {
          expect(sent).toBeLessThan(20)
          const submission = beginAttempt(open.shift()!, `claim-${sent}`, at(noon))
          const range = Array.from({ length: submission.deviceCount }, (_, offset) => submission.firstDevice + offset)
          if (!range.includes(bad)) sentOn.push(...range)
          else if (isToBeSplit(submission, blaming)) {
            const halves = splitAfterRefusal(submission, { outcome: blaming, startedAt: noon }, at(noon))
            open.push(halves.first, halves.second)
          } else rejected.push(afterOutcome(submission, { outcome: blaming, startedAt: noon }, at(noon)))
        }
        expect(rejected).toMatchObject([{ state: 'rejected', firstDevice: bad, deviceCount: 1 }])
        expect([...sentOn, bad].toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: deviceCount }, (_, position) => position),
        )
      }),
      { numRuns: 100 },
    )
  })
})

test('a work message that is sent again makes the submission due again', () => {
  const waiting = aSubmission({ state: 'waiting', attempt: 1, nextAttemptAt: noon })
  expect(workMessageSentAgain(waiting, at(noon + minute))).toEqual({
    ...waiting,
    revision: waiting.revision + 1,
    dueAt: noon + 2 * minute,
    updatedAt: noon + minute,
  })
})

test('the list of attempts keeps the first attempt and the last ones', () => {
  let submission = begun()
  for (let attempt = 1; attempt <= 60; attempt += 1) {
    submission = afterOutcome(
      { ...submission, attempt, state: 'submitting' },
      { outcome: notAccepted(), startedAt: noon },
      at(noon),
    )
  }
  const kept = submission.attempts.map(({ attempt }) => attempt)
  expect(kept).toEqual([1, ...Array.from({ length: 49 }, (_, index) => 12 + index)])
})

const steps = {
  begin: ['queued', 'waiting'],
  accepted: ['submitting', 'unconfirmed'],
  refused: ['submitting', 'unconfirmed'],
  'not-accepted': ['submitting', 'unconfirmed'],
  unknown: ['submitting'],
  lease: ['submitting'],
  grace: ['unconfirmed'],
  'give-up': ['waiting'],
  decide: ['rejected', 'exhausted', 'unconfirmed', 'waiting', 'abandoned'],
  cancel: ['queued', 'waiting'],
  abandon: ['unconfirmed'],
  adopt: ['waiting', 'unconfirmed', 'submitted', 'abandoned'],
} satisfies Record<string, SubmissionState[]>
type Step = keyof typeof steps

/** Weighted so that starts and unknown outcomes are frequent and final states are rare, which gives long paths. */
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Step>('begin', 'not-accepted', 'unknown') },
  { weight: 2, arbitrary: fc.constantFrom<Step>('lease', 'grace', 'decide', 'refused') },
  { weight: 1, arbitrary: fc.constantFrom<Step>('accepted', 'give-up', 'cancel', 'abandon', 'adopt') },
)

/** The submission after a step, or nothing if the step is not allowed in its state. */
function taken(submission: Submission, step: Step, context: TransitionContext): Submission | undefined {
  if (!steps[step].some((state) => state === submission.state)) return undefined
  const answer = (outcome: SubmissionOutcome) =>
    submission.awaitsDecision === true ? undefined : afterOutcome(submission, { outcome, startedAt: noon }, context)
  switch (step) {
    case 'begin':
      return beginAttempt(submission, 'claim', context)
    case 'accepted':
      return answer(accepted)
    case 'refused':
      return answer(refused)
    case 'not-accepted':
      return answer(notAccepted())
    case 'unknown':
      return answer(unknown())
    case 'lease':
      return afterLeaseExpired(submission, context)
    case 'grace':
      return afterGrace(submission, context)
    case 'give-up':
      return giveUp(submission, context)
    case 'decide':
      return afterRetryDecision(submission, 'single', context)
    case 'cancel':
      return cancel(submission, context)
    case 'abandon':
      return abandon(submission, context.now)
    case 'adopt': {
      const id = `upstream-${submission.upstreamRequestIds.length + 2}`
      return openUnknownAttempts(submission, context.now).length > 0 ? adoptedAs(submission, id, context) : undefined
    }
  }
}

const isOpen = new Set<SubmissionState>(['queued', 'submitting', 'waiting', 'unconfirmed'])
const saysNothingHappened = new Set<SubmissionState>(['rejected', 'exhausted', 'cancelled'])

describe('a submission on any path of transitions', () => {
  test('is never rejected, exhausted or cancelled with an unknown attempt, and has a due date while it is open', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyStep, fc.nat({ max: 4 * hour })), { maxLength: 120 }),
        fc.constantFrom<ActionName>('enable', 'download'),
        (path, action) => {
          let submission = aSubmission()
          let now = noon
          const lastWordOn = new Map<number, string>()
          for (const [step, elapsed] of path) {
            now += elapsed
            const next = taken(submission, step, at(now, { action }))
            if (next === undefined) continue
            expect(mayFollow(submission.state, next.state)).toBe(true)
            for (const { attempt, outcome } of next.attempts) lastWordOn.set(attempt, outcome)
            submission = next
            const hasUnknown = [...lastWordOn.values()].includes('unknown')
            expect(hasUnknown && saysNothingHappened.has(submission.state)).toBe(false)
            expect(submission.attempts.length).toBeLessThanOrEqual(50)
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
