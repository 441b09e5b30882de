import { describe, expect, test } from 'vitest'
import { type NextStep, nextStepOf, nextStepOfRequest } from '../../../../lib/profile/status/next-step.ts'
import type { ProfileRequest } from '../../../../lib/profile/request/request.ts'
import type { SubmissionState } from '../../../../lib/profile/request/states.ts'
import type { Submission } from '../../../../lib/profile/request/submission.ts'
import { anAttempt, aRequest, aSubmission, hour, minute, noon, submitted } from '../records.ts'

const unconfirmed = { state: 'unconfirmed', attempt: 2, graceEndsAt: noon + minute } as const

describe('the next step of a submission', () => {
  test.each<{
    about: string
    submission: Partial<Submission>
    action?: ProfileRequest['action']
    next: Omit<NextStep, 'why'> | undefined
    says?: RegExp
  }>([
    {
      about: 'queued',
      submission: { state: 'queued' },
      next: { what: 'first-attempt' },
      says: /^Queued for the first attempt\.$/,
    },
    {
      about: 'submitting',
      submission: { state: 'submitting', attempt: 1, leaseUntil: noon + minute },
      next: { what: 'answer', at: noon + minute },
      says: /^Attempt 1 is waiting for ThingSpace's response\.$/,
    },
    {
      about: 'waiting',
      submission: {
        state: 'waiting',
        attempt: 3,
        nextAttemptAt: noon + minute,
        giveUpAt: noon + 24 * hour,
        error: { status: 503, message: 'out of order' },
      },
      next: { what: 'retry', at: noon + minute },
      says: /^Attempt 3 was not accepted \(503: out of order\)\. Retries continue until 2026-08-02T12:00:00.000Z\.$/,
    },
    {
      about: 'waiting, an error with a code',
      submission: { state: 'waiting', attempt: 1, error: { status: 401, code: 'SessionToken.Expired' } },
      next: { what: 'retry' },
      says: /\(SessionToken.Expired\)/,
    },
    {
      about: 'waiting, because a retry was decided after a lost response',
      submission: { state: 'waiting', attempt: 1, attempts: [anAttempt({ outcome: 'unknown' })] },
      next: { what: 'retry' },
      says: /^The response to attempt 1 was lost\. Retries continue until/,
    },
    {
      about: 'waiting, because one of its devices was refused',
      submission: {
        state: 'waiting',
        attempt: 1,
        attempts: [anAttempt({ outcome: 'refused' })],
        error: { status: 400 },
      },
      next: { what: 'retry' },
      says: /^Attempt 1 was refused \(400\)\. Retries continue until/,
    },
    {
      about: 'unconfirmed, with a repeatable action',
      submission: { ...unconfirmed, repeatsAfterGrace: true },
      next: { what: 'repeat', at: noon + minute },
      says: /attempt 2 was lost, so ThingSpace may or may not have run this disable\. .* the gateway retries it\.$/,
    },
    {
      about: 'unconfirmed, with a non-repeatable action',
      submission: unconfirmed,
      action: 'download',
      next: { what: 'callbacks', at: noon + minute },
      says: /If no callback arrives by this time, it waits for a decision\.$/,
    },
    {
      about: 'unconfirmed and awaiting a decision',
      submission: { state: 'unconfirmed', attempt: 1, awaitsDecision: true, dueAt: noon },
      action: 'download',
      next: { what: 'decision', at: noon },
      says: /run this download\. No callback has arrived\. Retry it with POST \.\.\.\/retry, .* on 2026-08-01\.$/,
    },
    {
      about: 'submitted',
      submission: { state: 'submitted', resultsDueAt: noon + hour },
      next: { what: 'results', at: noon + hour },
      says: /^Accepted by ThingSpace\. Devices without a result by this time expire\.$/,
    },
    { about: 'rejected', submission: { state: 'rejected' }, next: undefined },
    { about: 'exhausted', submission: { state: 'exhausted' }, next: undefined },
    { about: 'cancelled', submission: { state: 'cancelled' }, next: undefined },
  ])('$about, is $next.what', ({ submission, action = 'disable', next, says = /^$/ }) => {
    const { why, ...step } = nextStepOf(aSubmission(submission), aRequest({ action })) ?? { why: '' }
    expect(step).toEqual(next ?? {})
    expect(why).toMatch(says)
  })
})

describe('the next step of a request', () => {
  const request = aRequest({ deviceCount: 5, devicesPerSubmission: 1, dueAt: noon + minute })
  const inState = (state: SubmissionState, submission: number): Submission =>
    state === 'submitted'
      ? submitted({ submission }, request)
      : aSubmission({ submission, state, attempt: 1, error: { message: state }, repeatsAfterGrace: true }, request)

  test.each<{ states: SubmissionState[]; what: string }>([
    { states: ['submitted', 'queued', 'submitting', 'waiting', 'unconfirmed'], what: 'repeat' },
    { states: ['submitted', 'queued', 'submitting', 'waiting'], what: 'retry' },
    { states: ['submitted', 'queued', 'submitting'], what: 'answer' },
    { states: ['submitted', 'queued'], what: 'first-attempt' },
    { states: ['rejected', 'submitted', 'cancelled'], what: 'results' },
  ])('is the most urgent step of $states: $what', ({ states, what }) => {
    expect(nextStepOfRequest(request, states.map(inState))?.what).toBe(what)
  })

  test('is to wait for callbacks if it was cancelled while unconfirmed, because no attempt follows', () => {
    const undecided = aSubmission({ ...unconfirmed, repeatsAfterGrace: true })
    const step = nextStepOf(undecided, aRequest({ cancelledAt: noon }))
    expect(step).toMatchObject({ what: 'callbacks', at: noon + minute })
  })

  test('is a decision if one of its unconfirmed submissions awaits one', () => {
    const submissions = [inState('unconfirmed', 0), { ...inState('unconfirmed', 1), awaitsDecision: true }]
    expect(nextStepOfRequest(request, submissions)?.what).toBe('decision')
  })

  test('is the first attempt while its submissions are being created', () => {
    expect(nextStepOfRequest(request, [])).toEqual({
      what: 'first-attempt',
      at: noon + minute,
      why: 'The submissions are being created.',
    })
  })

  test.each(['succeeded', 'partially_succeeded', 'failed', 'expired', 'cancelled'] as const)(
    'is empty once the request is %s',
    (status) => {
      const final = { ...request, summary: { ...request.summary, status } }
      expect(nextStepOfRequest(final, [inState('submitted', 0)])).toBeUndefined()
    },
  )
})
