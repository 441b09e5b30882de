import { newSubmission } from '../../../lib/profile/submission/new-request.ts'
import type { NormalisedCallback, Verdict } from '../../../lib/profile/request/callback.ts'
import type { ProfileRequest } from '../../../lib/profile/request/request.ts'
import type { Result } from '../../../lib/profile/request/result.ts'
import type { Submission } from '../../../lib/profile/request/submission.ts'
import { initialSummary } from '../../../lib/profile/request/summary.ts'
import type { Device } from '../../../lib/profile/order/identifiers.ts'
import type { Attempt } from '../../../lib/profile/request/outcome.ts'
import { account, aSetting, eidOf, iccidOf } from '../../builders.ts'

export const noon = Date.UTC(2026, 7, 1, 12)
export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

export const aDevice = (index: number): Device => [
  { kind: 'eid', id: eidOf(index) },
  { kind: 'iccid', id: iccidOf(index) },
]
export const devicesOf = (count: number): Device[] => Array.from({ length: count }, (_, index) => aDevice(index))

/** A stored request with one submission, unless `devicesPerSubmission` divides it. */
export function aRequest(over: Partial<ProfileRequest> = {}): ProfileRequest {
  const deviceCount = over.deviceCount ?? 1
  return {
    requestId: 'request-1',
    action: 'disable',
    family: 'local',
    accountName: account,
    caller: 'https://issuer.test|sub:app-1',
    fingerprint: 'fingerprint-1',
    generation: 'generation-1',
    fields: { smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5' },
    deviceCount,
    devicesPerSubmission: 100,
    createdAt: noon,
    updatedAt: noon,
    version: 0,
    summary: initialSummary(deviceCount, [], 'queued'),
    dueAt: noon + minute,
    ...over,
  }
}

/** A queued submission of `aRequest`. Its number is the position of its first device. */
export const aSubmission = (over: Partial<Submission> = {}, request = aRequest()): Submission => ({
  ...newSubmission(request, over.submission ?? 0, { now: noon, settings: aSetting() }),
  ...over,
})

export const anAttempt = (over: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  startedAt: noon,
  finishedAt: noon + second,
  outcome: 'not-accepted',
  ...over,
})

/** A submission that ThingSpace has accepted, as `upstream-<number>`. */
export const submitted = (over: Partial<Submission> = {}, request = aRequest()): Submission => {
  const { dueAt: _dueAt, ...kept } = aSubmission(over, request)
  return {
    ...kept,
    state: 'submitted',
    attempt: 1,
    upstreamRequestIds: [`upstream-${kept.submission}`],
    resultsDueAt: noon + 24 * hour,
    ...over,
  }
}

/** The result of a callback about one device. */
export const aResult = (verdict: Verdict, identifiers: Device = aDevice(0), over: Partial<Result> = {}): Result => ({
  upstreamRequestId: 'upstream-0',
  accountName: account,
  identifiers: [...identifiers],
  verdict,
  raw: `{"verdict":"${verdict}"}`,
  firstReceivedAt: noon + minute,
  receivedAt: noon + minute,
  ...over,
})

export const aCallback = (over: Partial<NormalisedCallback> = {}): NormalisedCallback => {
  const verdict = over.verdict ?? 'succeeded'
  return {
    upstreamRequestId: 'upstream-0',
    identifiers: [...aDevice(0)],
    verdict,
    digest: `digest-${verdict}`,
    raw: `{"verdict":"${verdict}"}`,
    ...over,
  }
}
