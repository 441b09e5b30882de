import type { Device } from '../order/identifiers.ts'
import type { NormalisedCallback, Provenance } from '../request/callback.ts'
import type { UpstreamError } from '../request/outcome.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Result } from '../request/result.ts'
import type { DeviceStatus } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'
import { currentVerdict, isOverdue } from './current-verdict.ts'
import { deviceStatusAt } from './device-states.ts'
import type { Message, Weighing } from './device-results.ts'
import type { MatchedResult } from './matching.ts'

/** One device of a request, as API responses show it. Times are ISO 8601 in UTC. */
export type DeviceView = {
  position: number
  deviceIds: Device
  status: DeviceStatus
  /** Null until the submission is created. */
  submission: number | null
  conflict?: true
  error?: UpstreamError
  result?: Omit<NormalisedCallback, 'digest' | 'raw' | 'provenance'> & {
    provenance: 'callback' | 'adopted' | Provenance
    receivedAt: string
  }
  others?: { verdict: string; receivedAt: string }[]
}

/** A device with its submission and its results. `evidence` is empty until ThingSpace accepts the submission. */
export type KnownDevice = {
  device: Device
  position: number
  submission: Submission | undefined
  evidence: readonly MatchedResult[]
}

const iso = (instant: number): string => new Date(instant).toISOString()

/** Shows a device with its status at `moment.now`. Nothing is read or stored. */
export function viewDevice({
  known: { device, position, submission, evidence },
  request,
  moment,
}: {
  known: KnownDevice
  request: ProfileRequest
  moment: Pick<Weighing, 'now' | 'otherProfileMilliseconds'>
}): DeviceView {
  const base = { position, deviceIds: device, submission: submission?.submission ?? null }
  if (submission === undefined) return { ...base, status: request.cancelledAt === undefined ? 'pending' : 'cancelled' }
  switch (submission.state) {
    case 'queued': {
      // A worker created the submission after the request was cancelled. It will cancel it.
      const isCancelled = request.cancelledAt !== undefined && deviceStatusAt(request.summary, position) === 'cancelled'
      return { ...base, status: isCancelled ? 'cancelled' : 'pending' }
    }
    case 'submitting':
    case 'waiting':
    case 'unconfirmed':
      return { ...base, status: 'pending' }
    case 'cancelled':
      return { ...base, status: 'cancelled' }
    case 'abandoned':
      return { ...base, status: 'expired', ...(submission.error === undefined ? {} : { error: submission.error }) }
    case 'rejected':
    case 'exhausted':
      return { ...base, status: 'failed', ...(submission.error === undefined ? {} : { error: submission.error }) }
    case 'submitted': {
      const weighing = { ...moment, overdue: isOverdue(submission, moment.now) }
      const verdict = currentVerdict(evidence, { request, position, weighing })
      const others = verdict.others.map((other) => ({ verdict: other.verdict, receivedAt: iso(other.receivedAt) }))
      return {
        ...base,
        status: verdict.status,
        ...(verdict.conflict ? { conflict: true } : {}),
        ...(verdict.decisive === undefined ? {} : { result: viewResult(verdict.decisive, submission) }),
        ...(others.length > 0 ? { others } : {}),
      }
    }
  }
}

/** The source of a result: the one it states, else an adopted callback or a callback. */
const provenanceOf = (result: Result, { adopted = [] }: Pick<Submission, 'adopted'>) =>
  result.provenance ?? (adopted.includes(result.upstreamRequestId) ? 'adopted' : 'callback')

function viewResult(result: Message, submission: Pick<Submission, 'adopted'>): NonNullable<DeviceView['result']> {
  const {
    accountName: _account,
    raw: _raw,
    firstReceivedAt: _first,
    receivedAt,
    conflict: _conflict,
    others: _others,
    isBeside: _isBeside,
    ...shown
  } = result
  return { ...shown, provenance: provenanceOf(result, submission), receivedAt: iso(receivedAt) }
}

/** The code and the message of a device that did not succeed: those of its result, or else of its submission. */
export const errorOf = ({ result, error }: Pick<DeviceView, 'result' | 'error'>) => ({
  code: result?.fault?.code ?? result?.euicc?.code ?? error?.code,
  message: result?.fault?.message ?? result?.euicc?.description ?? error?.message,
})

/** Shows a result of the request that matches none of its devices. It is never applied; a reader may recognise it. */
export const viewUnmatched = (result: Result) => viewResult(result, {})
