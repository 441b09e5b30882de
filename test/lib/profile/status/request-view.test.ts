import { describe, expect, test } from 'vitest'
import type { ProfileRequest } from '../../../../lib/profile/request/request.ts'
import type { Result } from '../../../../lib/profile/request/result.ts'
import type { DeviceStatus } from '../../../../lib/profile/request/states.ts'
import type { Submission } from '../../../../lib/profile/request/submission.ts'
import { viewDevice } from '../../../../lib/profile/status/device-view.ts'
import { submissionsShown, viewListed, viewRequest } from '../../../../lib/profile/status/request-view.ts'
import { account } from '../../../builders.ts'
import {
  aDevice,
  anAttempt,
  aRequest,
  aResult,
  aSubmission,
  hour,
  minute,
  noon,
  second,
  submitted,
} from '../records.ts'

describe('the view of a request', () => {
  test('shows action, account, progress and links', () => {
    const request = aRequest({ deviceCount: 3, finalAt: noon + hour, cancelledAt: noon + minute })
    expect(viewRequest(request, [])).toMatchObject({
      requestId: 'request-1',
      action: 'disable',
      family: 'local',
      accountName: account,
      status: 'queued',
      final: false,
      createdAt: '2026-08-01T12:00:00.000Z',
      updatedAt: '2026-08-01T12:00:00.000Z',
      finalAt: '2026-08-01T13:00:00.000Z',
      cancelledAt: '2026-08-01T12:01:00.000Z',
      devices: { total: 3, pending: 3, succeeded: 0, conflicts: 0 },
      submissions: { total: 1, items: [] },
      next: { what: 'first-attempt', at: '2026-08-01T12:01:00.000Z' },
      links: { self: '/v1/requests/request-1', devices: '/v1/requests/request-1/devices' },
    })
  })

  test('hides how the request is stored', () => {
    const text = JSON.stringify(viewRequest(aRequest(), [submitted({ claimId: 'claim-1' })]))
    expect(text).not.toMatch(/fingerprint|commit|claim|deviceStates|caller|smsrOid/)
  })

  test('shows every attempt with its outcome', () => {
    const submission = submitted({
      attempt: 2,
      attempts: [
        anAttempt({ cause: 'throttled', error: { status: 429 } }),
        anAttempt({
          attempt: 2,
          startedAt: noon + minute,
          finishedAt: noon + minute + second,
          outcome: 'accepted',
          upstreamRequestId: 'upstream-0',
        }),
      ],
    })
    expect(viewRequest(aRequest(), [submission]).submissions.items).toEqual([
      {
        submission: 0,
        devices: { first: 0, count: 1 },
        state: 'submitted',
        attempt: 2,
        upstreamRequestIds: ['upstream-0'],
        attempts: [
          {
            attempt: 1,
            startedAt: '2026-08-01T12:00:00.000Z',
            finishedAt: '2026-08-01T12:00:01.000Z',
            outcome: 'not-accepted',
            cause: 'throttled',
            error: { status: 429 },
          },
          {
            attempt: 2,
            startedAt: '2026-08-01T12:01:00.000Z',
            finishedAt: '2026-08-01T12:01:01.000Z',
            outcome: 'accepted',
            upstreamRequestId: 'upstream-0',
          },
        ],
        next: {
          what: 'results',
          at: '2026-08-02T12:00:00.000Z',
          why: expect.stringContaining('Accepted by ThingSpace'),
        },
      },
    ])
  })

  test('shows the first of many submissions and counts them all', () => {
    const request = aRequest({ deviceCount: 50, devicesPerSubmission: 1 })
    const submissions = Array.from({ length: 50 }, (_, submission) => aSubmission({ submission }, request))
    const view = viewRequest(request, submissions)
    expect(view.submissions.total).toBe(50)
    expect(view.submissions.items.map(({ submission }) => submission)).toEqual(
      Array.from({ length: submissionsShown }, (_, index) => index),
    )
  })

  test('has no next step when the request is final, and neither have its submissions', () => {
    const request = aRequest()
    const final = { ...request, summary: { ...request.summary, status: 'succeeded' as const } }
    const view = viewRequest(final, [submitted()])
    expect(view).toMatchObject({ final: true, next: null })
    expect(view.submissions.items[0]?.next).toBeNull()
  })

  test('in a list omits the submissions', () => {
    expect(viewListed(aRequest())).not.toHaveProperty('submissions')
    expect(viewListed(aRequest())).toMatchObject({ requestId: 'request-1', status: 'queued', devices: { total: 1 } })
  })
})

describe('the view of a device', () => {
  const view = (
    submission: Submission | undefined,
    results: Result[] = [],
    { request = aRequest(), now = noon + hour }: { request?: ProfileRequest; now?: number } = {},
  ) =>
    viewDevice({
      known: {
        device: aDevice(0),
        position: 0,
        submission,
        evidence: results.map((result) => ({ result, match: 'profile' })),
      },
      request,
      moment: { now, otherProfileMilliseconds: 120_000 },
    })

  test.each<{ about: string; submission: Submission | undefined; status: DeviceStatus }>([
    { about: 'a submission not created', submission: undefined, status: 'pending' },
    ...(['queued', 'submitting', 'waiting', 'unconfirmed'] as const).map((state) => ({
      about: state,
      submission: aSubmission({ state }),
      status: 'pending' as const,
    })),
    { about: 'cancelled', submission: aSubmission({ state: 'cancelled' }), status: 'cancelled' },
    { about: 'rejected', submission: aSubmission({ state: 'rejected' }), status: 'failed' },
    { about: 'exhausted', submission: aSubmission({ state: 'exhausted' }), status: 'failed' },
    { about: 'submitted', submission: submitted(), status: 'pending' },
  ])('$about, without results, has the status $status', ({ submission, status }) => {
    expect(view(submission)).toEqual({
      position: 0,
      deviceIds: aDevice(0),
      submission: submission?.submission ?? null,
      status,
    })
  })

  test('shows the error if its submission was refused', () => {
    const error = { status: 400, code: 'INVALID', message: 'no such profile' }
    expect(view(aSubmission({ state: 'rejected', error }))).toMatchObject({ status: 'failed', error })
  })

  test('of a cancelled request is cancelled if its submission was never created', () => {
    expect(view(undefined, [], { request: aRequest({ cancelledAt: noon }) }).status).toBe('cancelled')
  })

  test('is expired after the deadline', () => {
    expect(view(submitted(), [], { now: noon + 24 * hour }).status).toBe('expired')
    expect(view(submitted(), [], { now: noon + 24 * hour - 1 }).status).toBe('pending')
  })

  test('shows the deciding result and its time without the raw message', () => {
    const result = aResult('succeeded', aDevice(0), {
      profileStatus: 'Disabled',
      euicc: { status: 'EXECUTED_SUCCESS' },
    })
    expect(view(submitted(), [result])).toMatchObject({
      status: 'succeeded',
      result: {
        upstreamRequestId: 'upstream-0',
        verdict: 'succeeded',
        profileStatus: 'Disabled',
        euicc: { status: 'EXECUTED_SUCCESS' },
        receivedAt: '2026-08-01T12:01:00.000Z',
      },
    })
    expect(JSON.stringify(view(submitted(), [result]))).not.toMatch(/"raw"|"firstReceivedAt"|"digest"|"accountName"/)
  })

  test('shows the other results and a conflict', () => {
    const failed = aResult('failed', aDevice(0), { receivedAt: noon + hour })
    const first = aResult('succeeded', aDevice(0), {
      conflict: true,
      others: [{ digest: 'digest', verdict: 'warning', receivedAt: noon, raw: '{}' }],
    })
    expect(view(submitted(), [failed, first])).toMatchObject({
      status: 'succeeded',
      conflict: true,
      others: [
        { verdict: 'failed', receivedAt: '2026-08-01T13:00:00.000Z' },
        { verdict: 'warning', receivedAt: '2026-08-01T12:00:00.000Z' },
      ],
    })
  })
})
