import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../../../lib/profile/request/callback.ts'
import type { ProfileRequest } from '../../../../lib/profile/request/request.ts'
import type { Result } from '../../../../lib/profile/request/result.ts'
import type { DeviceStatus, SubmissionState } from '../../../../lib/profile/request/states.ts'
import type { Submission } from '../../../../lib/profile/request/submission.ts'
import { type Summary, initialSummary } from '../../../../lib/profile/request/summary.ts'
import { deviceStatusAt, isSettled } from '../../../../lib/profile/status/device-states.ts'
import { computeSummary, requestDueAt } from '../../../../lib/profile/status/summary.ts'
import { fc } from '../../../properties.ts'
import { aDevice, aRequest, aResult, aSubmission, hour, minute, noon, submitted } from '../records.ts'

/** A request with one device per submission. */
const single = (deviceCount: number, over: Partial<ProfileRequest> = {}) =>
  aRequest({ deviceCount, devicesPerSubmission: 1, ...over })

type Told = { request: ProfileRequest; submissions: Submission[]; results?: Result[]; now?: number }

/** The summary from all results, as the store would return them. */
const summaryFrom = ({ request, submissions, results = [], now = noon + hour }: Told) =>
  computeSummary(request, submissions, {
    evidenceOf: ({ firstDevice, deviceCount, upstreamRequestIds }) => ({
      devices: Array.from({ length: deviceCount }, (_, offset) => aDevice(firstDevice + offset)),
      results: results.filter(({ upstreamRequestId }) => upstreamRequestIds.includes(upstreamRequestId)),
    }),
    moment: { now, otherProfileMilliseconds: 120_000 },
  }).summary

const statusesOf = (summary: Pick<Summary, 'deviceStates'>): DeviceStatus[] =>
  Array.from(summary.deviceStates, (_, position) => deviceStatusAt(summary, position))

const resultOf = (position: number, verdict: Verdict, over: Partial<Result> = {}) =>
  aResult(verdict, aDevice(position), { upstreamRequestId: `upstream-${position}`, ...over })

/** The state of each device's submission, or a verdict for a device of a submitted one. */
type DeviceOutcome = Exclude<SubmissionState, 'submitted'> | 'pending' | Verdict

function worldOf(outcomes: (DeviceOutcome | 'missing')[]): Told {
  const request = single(outcomes.length)
  const verdicts = new Set<string>(['warning', 'succeeded', 'failed', 'expired'])
  const submissions = outcomes.flatMap((outcome, submission) => {
    if (outcome === 'missing') return []
    const sent = outcome === 'pending' || verdicts.has(outcome)
    return sent
      ? submitted({ submission }, request)
      : aSubmission({ submission, state: outcome as SubmissionState, attempt: 1 }, request)
  })
  const results = outcomes.flatMap((outcome, position) =>
    verdicts.has(outcome) ? resultOf(position, outcome as Verdict) : [],
  )
  return { request, submissions, results }
}

describe('the status of a request', () => {
  test.each<{ outcomes: (DeviceOutcome | 'missing')[]; status: string }>([
    { outcomes: ['missing'], status: 'queued' },
    { outcomes: ['queued'], status: 'queued' },
    { outcomes: ['queued', 'missing'], status: 'queued' },
    { outcomes: ['queued', 'rejected'], status: 'queued' },
    { outcomes: ['submitting'], status: 'submitting' },
    { outcomes: ['submitting', 'missing'], status: 'submitting' },
    { outcomes: ['pending', 'missing'], status: 'submitting' },
    { outcomes: ['pending', 'queued'], status: 'submitting' },
    { outcomes: ['succeeded', 'queued'], status: 'submitting' },
    { outcomes: ['waiting'], status: 'retrying' },
    { outcomes: ['waiting', 'submitting', 'queued', 'missing'], status: 'retrying' },
    { outcomes: ['waiting', 'succeeded'], status: 'retrying' },
    { outcomes: ['unconfirmed'], status: 'unconfirmed' },
    { outcomes: ['unconfirmed', 'waiting', 'submitting', 'missing'], status: 'unconfirmed' },
    { outcomes: ['unconfirmed', 'succeeded', 'failed'], status: 'unconfirmed' },
    { outcomes: ['pending'], status: 'submitted' },
    { outcomes: ['warning'], status: 'submitted' },
    { outcomes: ['pending', 'succeeded', 'failed'], status: 'submitted' },
    { outcomes: ['pending', 'rejected'], status: 'submitted' },
    { outcomes: ['succeeded'], status: 'succeeded' },
    { outcomes: ['succeeded', 'succeeded'], status: 'succeeded' },
    { outcomes: ['succeeded', 'failed'], status: 'partially_succeeded' },
    { outcomes: ['succeeded', 'expired'], status: 'partially_succeeded' },
    { outcomes: ['succeeded', 'rejected'], status: 'partially_succeeded' },
    { outcomes: ['succeeded', 'exhausted'], status: 'partially_succeeded' },
    { outcomes: ['succeeded', 'cancelled'], status: 'partially_succeeded' },
    { outcomes: ['failed'], status: 'failed' },
    { outcomes: ['rejected'], status: 'failed' },
    { outcomes: ['exhausted'], status: 'failed' },
    { outcomes: ['failed', 'expired'], status: 'failed' },
    { outcomes: ['failed', 'cancelled'], status: 'failed' },
    { outcomes: ['expired'], status: 'expired' },
    { outcomes: ['expired', 'cancelled'], status: 'expired' },
    { outcomes: ['cancelled'], status: 'cancelled' },
  ])('with the submissions and devices $outcomes is $status', ({ outcomes, status }) => {
    expect(summaryFrom(worldOf(outcomes)).status).toBe(status)
  })

  test('counts every device once under its status', () => {
    const outcomes: DeviceOutcome[] = [
      'succeeded',
      'failed',
      'warning',
      'pending',
      'expired',
      'cancelled',
      'rejected',
      'waiting',
    ]
    const summary = summaryFrom(worldOf(outcomes))
    expect(statusesOf(summary)).toEqual([
      'succeeded',
      'failed',
      'warning',
      'pending',
      'expired',
      'cancelled',
      'failed',
      'pending',
    ])
    expect(summary.devices).toEqual({ pending: 2, warning: 1, succeeded: 1, failed: 2, expired: 1, cancelled: 1 })
    expect(summary.submissions).toEqual({
      queued: 0,
      submitting: 0,
      waiting: 1,
      unconfirmed: 0,
      submitted: 5,
      rejected: 1,
      exhausted: 0,
      cancelled: 1,
      abandoned: 0,
    })
  })

  test('expires devices without a result at the deadline and still accepts a late result', () => {
    const world = worldOf(['pending', 'warning'])
    const deadline = noon + 24 * hour
    expect(summaryFrom({ ...world, now: deadline - 1 }).status).toBe('submitted')
    const expired = summaryFrom({ ...world, now: deadline })
    expect(expired.status).toBe('expired')
    const late = resultOf(0, 'succeeded', { receivedAt: deadline + hour })
    const after = summaryFrom({
      ...world,
      request: { ...world.request, summary: expired },
      results: [...(world.results ?? []), late],
      now: deadline + hour,
    })
    expect(statusesOf(after)).toEqual(['succeeded', 'expired'])
    expect(after.status).toBe('partially_succeeded')
  })

  test('counts a device with two final results as one conflict', () => {
    const world = worldOf(['succeeded', 'succeeded'])
    const other = resultOf(0, 'failed', { receivedAt: noon + hour, raw: 'later' })
    expect(summaryFrom({ ...world, results: [...(world.results ?? []), other] })).toMatchObject({
      status: 'succeeded',
      conflicts: 1,
    })
  })

  test('ignores results of another upstream request id', () => {
    const world = worldOf(['pending'])
    expect(summaryFrom({ ...world, results: [resultOf(0, 'failed', { upstreamRequestId: 'foreign' })] }).status).toBe(
      'submitted',
    )
  })
})

describe('a cancelled request', () => {
  test('cancels the devices whose submissions were never created', () => {
    const request = aRequest({ deviceCount: 5, devicesPerSubmission: 2, cancelledAt: noon })
    const summary = summaryFrom({ request, submissions: [submitted({ submission: 2 }, request)] })
    expect(statusesOf(summary)).toEqual(['cancelled', 'cancelled', 'pending', 'pending', 'cancelled'])
    expect(summary.status).toBe('submitted')
  })

  test('is cancelled if none of it was sent', () => {
    expect(summaryFrom({ request: single(3, { cancelledAt: noon }), submissions: [] })).toMatchObject({
      status: 'cancelled',
      devices: { cancelled: 3 },
    })
  })

  test('takes nothing back if a slow worker creates a submission after the cancel', () => {
    const cancelled = single(2, { cancelledAt: noon })
    const told = summaryFrom({ request: cancelled, submissions: [] })
    const request = { ...cancelled, summary: told }
    const late = aSubmission({ submission: 0, deviceCount: 1 }, request)

    expect(statusesOf(summaryFrom({ request, submissions: [late] }))).toEqual(['cancelled', 'cancelled'])
    expect(summaryFrom({ request, submissions: [late] }).status).toBe('cancelled')
    const sent: Submission = { ...late, state: 'submitting', attempt: 1 }
    expect(statusesOf(summaryFrom({ request, submissions: [sent] }))).toEqual(['pending', 'cancelled'])
  })
})

describe('a submission in the last summary', () => {
  const request = aRequest({ deviceCount: 2 })
  const submission = submitted({}, request)
  const summaryOf = (...verdicts: Verdict[]) =>
    summaryFrom({
      request,
      submissions: [submission],
      results: verdicts.map((verdict, position) => aResult(verdict, aDevice(position))),
    })

  test.each<{ verdicts: Verdict[]; settled: boolean }>([
    { verdicts: ['succeeded', 'failed'], settled: true },
    { verdicts: ['succeeded', 'warning'], settled: false },
    { verdicts: ['succeeded', 'expired'], settled: false },
    { verdicts: ['succeeded'], settled: false },
  ])('is settled: $settled, if its results are $verdicts', ({ verdicts, settled }) => {
    expect(isSettled(summaryOf(...verdicts), submission)).toBe(settled)
  })

  test('keeps what the last summary said about it, including conflicts', () => {
    const two = aRequest({ deviceCount: 4, devicesPerSubmission: 2 })
    const submissions = [submitted({}, two), submitted({ submission: 2 }, two)]
    const conflicting = (position: number, upstreamRequestId: string) => [
      aResult('succeeded', aDevice(position), { upstreamRequestId, conflict: true }),
    ]
    const both = (upstreamRequestId: string, first: number) => [
      ...conflicting(first, upstreamRequestId),
      aResult('succeeded', aDevice(first + 1), { upstreamRequestId }),
    ]
    const once = summaryFrom({ request: two, submissions, results: both('upstream-0', 0) })
    expect(once).toMatchObject({ conflicts: 1, devices: { succeeded: 2, pending: 2 } })
    const later = computeSummary({ ...two, summary: once }, submissions, {
      evidenceOf: ({ submission: number }) =>
        number === 0 ? undefined : { devices: [aDevice(2), aDevice(3)], results: both('upstream-2', 2) },
      moment: { now: noon + hour, otherProfileMilliseconds: 120_000 },
    }).summary
    expect(later).toMatchObject({ status: 'succeeded', conflicts: 2, devices: { succeeded: 4 } })
  })

  test('is not settled if it was refused and has been retried since', () => {
    const refused = aSubmission({ state: 'rejected', attempt: 1 }, request)
    const summary = summaryFrom({ request, submissions: [refused] })
    expect(summary.status).toBe('failed')
    expect(isSettled(summary, submitted({ attempt: 2 }, request))).toBe(false)
  })
})

describe('the date at which a request is due again', () => {
  const notBefore = noon + minute
  const dueOf = ({ request, submissions, results = [] }: Told) =>
    requestDueAt(
      request,
      { summary: summaryFrom({ request, submissions, results }), submissions },
      { notBefore, askedAhead: () => 0 },
    )
  const request = single(2)
  const one = submitted({ submission: 0, resultsDueAt: noon + 2 * hour }, request)
  const two = submitted({ submission: 1, resultsDueAt: noon + 3 * hour }, request)

  test.each<{ about: string; told: Told; dueAt: number | undefined }>([
    { about: 'submissions are missing: soon', told: { request, submissions: [one] }, dueAt: notBefore },
    {
      about: 'results are outstanding: at the first deadline',
      told: { request, submissions: [two, one] },
      dueAt: noon + 2 * hour,
    },
    {
      about: 'the first has its results: at the second deadline',
      told: { request, submissions: [one, two], results: [resultOf(0, 'succeeded')] },
      dueAt: noon + 3 * hour,
    },
    {
      about: 'one has expired: at the deadline of the other',
      told: {
        request,
        submissions: [
          { ...one, resultsDueAt: noon + 2 * hour },
          { ...two, resultsDueAt: noon },
        ],
      },
      dueAt: noon + 2 * hour,
    },
    {
      about: 'all is final: never',
      told: { request, submissions: [one, two], results: [resultOf(0, 'succeeded'), resultOf(1, 'failed')] },
      dueAt: undefined,
    },
    {
      about: 'only submissions with dates of their own are open: theirs will do',
      told: {
        request,
        submissions: [0, 1].map((submission) => aSubmission({ submission, state: 'waiting' }, request)),
      },
      dueAt: undefined,
    },
  ])('if $about', ({ told, dueAt }) => {
    expect(dueOf(told)).toBe(dueAt)
  })
})

test('a new request has every device pending', () => {
  const request = aRequest({ deviceCount: 3 })
  const submission = aSubmission({ state: 'submitting' }, request)
  expect(initialSummary(3, [submission], 'submitting')).toMatchObject({
    status: 'submitting',
    devices: { pending: 3, succeeded: 0 },
    submissions: { submitting: 1, queued: 0 },
    conflicts: 0,
    deviceStates: new Uint8Array(3),
  })
})

/** A request of up to six submissions with up to three devices each, and results for some devices, sometimes two. */
const anyWorld = fc
  .record({
    perSubmission: fc.integer({ min: 1, max: 3 }),
    states: fc.array(
      fc.constantFrom<SubmissionState>(
        'queued',
        'submitting',
        'waiting',
        'unconfirmed',
        'submitted',
        'submitted',
        'rejected',
        'cancelled',
      ),
      { minLength: 1, maxLength: 6 },
    ),
    verdicts: fc.array(
      fc.tuple(
        fc.nat({ max: 17 }),
        fc.constantFrom<Verdict>('warning', 'expired', 'succeeded', 'failed'),
        fc.nat({ max: 5 }),
      ),
      { maxLength: 20 },
    ),
    overdue: fc.boolean(),
  })
  .map(({ perSubmission, states, verdicts, overdue }): Told => {
    const request = aRequest({ deviceCount: perSubmission * states.length, devicesPerSubmission: perSubmission })
    const submissions = states.map((state, index) => {
      const submission = index * perSubmission
      return state === 'submitted'
        ? submitted({ submission }, request)
        : aSubmission({ submission, state, attempt: 1 }, request)
    })
    const results = verdicts.map(([position, verdict, at], index) =>
      aResult(verdict, aDevice(position), {
        upstreamRequestId: `upstream-${position - (position % perSubmission)}`,
        receivedAt: noon + at * minute,
        raw: `message ${index}`,
      }),
    )
    return { request, submissions, results, now: overdue ? noon + 25 * hour : noon + hour }
  })

describe('the summary, for any request,', () => {
  test('does not depend on the order in which submissions and results are read', () => {
    fc.assert(
      fc.property(
        anyWorld.chain((world) =>
          fc.record({
            world: fc.constant(world),
            submissions: fc.shuffledSubarray(world.submissions, { minLength: world.submissions.length }),
            results: fc.shuffledSubarray(world.results ?? [], { minLength: world.results?.length ?? 0 }),
          }),
        ),
        ({ world, submissions, results }) => {
          expect(summaryFrom({ ...world, submissions, results })).toEqual(summaryFrom(world))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('stays the same when it is computed again, with or without the results', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const summary = summaryFrom(world)
        const again: Told = { ...world, request: { ...world.request, summary } }
        expect(summaryFrom(again)).toEqual(summary)
        const moment = { now: world.now ?? noon, otherProfileMilliseconds: 120_000 }
        expect(
          computeSummary(again.request, again.submissions, { evidenceOf: () => undefined, moment }).summary,
        ).toEqual(summary)
      }),
      { numRuns: 300 },
    )
  })

  test('counts each device under its status', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const summary = summaryFrom(world)
        const statuses = statusesOf(summary)
        for (const [status, count] of Object.entries(summary.devices)) {
          expect(statuses.filter((each) => each === status)).toHaveLength(count)
        }
        expect(statuses).toHaveLength(world.request.deviceCount)
      }),
      { numRuns: 100 },
    )
  })

  test('never moves a device from a final state, except from `expired` by a real result', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const results = (world.results ?? []).map((result, index) => ({ ...result, receivedAt: noon + index }))
        const request = { ...world.request }
        for (let known = 0; known <= results.length; known += 1) {
          const before = statusesOf(request.summary)
          const summary = summaryFrom({ ...world, request, results: results.slice(0, known) })
          const left = statusesOf(summary).flatMap((status, position) => {
            const was = before[position] ?? 'pending'
            const mayChange =
              was === 'pending' ||
              was === 'warning' ||
              (was === 'expired' && (status === 'succeeded' || status === 'failed'))
            return mayChange || status === was ? [] : [`${position}: ${was} -> ${status}`]
          })
          expect(left).toEqual([])
          request.summary = summary
        }
      }),
      { numRuns: 200 },
    )
  })
})
