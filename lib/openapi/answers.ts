import * as z from 'zod'
import { FaultDetail } from '../http/problem.ts'
import { ActionName, Family } from '../profile/order/action-names.ts'
import { EuiccOutcome, Fault, Provenance, Verdict } from '../profile/request/callback.ts'
import { Identifier as StoredIdentifier } from '../profile/order/identifiers.ts'
import { AttemptResult, UpstreamError as StoredError } from '../profile/request/outcome.ts'
import { DeviceStatus, RequestStatus } from '../profile/request/states.ts'
import { DecisionRecord } from '../profile/request/submission.ts'
import type { DeviceView } from '../profile/status/device-view.ts'
import type { RequestView, viewListed } from '../profile/status/request-view.ts'
import type { Holds, SameShape } from './same-shape.ts'

const count = z.int().nonnegative()
const instant = z.iso.datetime()

export const Identifier = z
  .object(StoredIdentifier.shape)
  .meta({ id: 'Identifier', description: 'One name of a device.' })
const UpstreamError = z
  .object(StoredError.shape)
  .meta({ id: 'UpstreamError', description: 'What ThingSpace said of a failure.' })

const NextStep = z
  .object({
    what: z.enum(['first-attempt', 'answer', 'retry', 'callbacks', 'repeat', 'decision', 'results']),
    at: instant.nullable().meta({ description: 'Null where nobody can know.' }),
    why: z.string(),
  })
  .meta({ id: 'NextStep', description: 'What happens next, when, and why.' })

const SubmissionAnswer = z
  .object({
    submission: count.meta({ description: 'Named after the position of its first device.' }),
    devices: z.object({ first: count, count: z.int().positive() }),
    state: z.enum([
      'queued',
      'submitting',
      'waiting',
      'unconfirmed',
      'submitted',
      'rejected',
      'exhausted',
      'cancelled',
      'abandoned',
    ]),
    attempt: count.meta({ description: 'Attempts begun so far.' }),
    upstreamRequestIds: z.array(z.string()).meta({ description: "ThingSpace's own request ids." }),
    adopted: z.array(z.string()).optional().meta({ description: 'Those learnt from callbacks, not from an answer.' }),
    error: UpstreamError.optional(),
    deadLetters: z.int().optional().meta({ description: 'How many of its messages the queue set aside.' }),
    decisions: z
      .array(z.object({ at: instant, by: z.string(), what: DecisionRecord.shape.what }))
      .optional()
      .meta({ description: 'What people and apps decided about it.' }),
    attempts: z.array(
      z.object({
        attempt: z.int().positive(),
        startedAt: instant,
        finishedAt: instant,
        outcome: AttemptResult,
        cause: z.string().optional(),
        error: UpstreamError.optional(),
        upstreamRequestId: z.string().optional(),
      }),
    ),
    next: NextStep.nullable(),
  })
  .meta({ id: 'Submission', description: 'One POST to ThingSpace: what it is to be, was, and became.' })

const requestMembers = {
  requestId: z.string(),
  action: ActionName,
  family: Family,
  accountName: z.string(),
  status: RequestStatus,
  final: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
  finalAt: instant.optional(),
  cancelledAt: instant.optional(),
  cancelledBy: z.string().optional(),
  devices: z
    .object({
      total: z.int().positive(),
      pending: count,
      warning: count,
      succeeded: count,
      failed: count,
      expired: count,
      cancelled: count,
      conflicts: count.meta({ description: 'Devices with two different finals.' }),
    })
    .meta({ description: 'Devices by status.' }),
  links: z.object({ self: z.string(), devices: z.string() }),
}

export const RequestAnswer = z
  .object({
    ...requestMembers,
    submissions: z.object({
      total: count.meta({ description: 'How many there will be.' }),
      byState: z.object({
        queued: count,
        submitting: count,
        waiting: count,
        unconfirmed: count,
        submitted: count,
        rejected: count,
        exhausted: count,
        cancelled: count,
        abandoned: count,
      }),
      awaitingDecision: count.meta({ description: 'How many wait for a person.' }),
      items: z.array(SubmissionAnswer).meta({ description: 'The first 20.' }),
    }),
    next: NextStep.nullable().meta({ description: 'Null when nothing more happens by itself.' }),
  })
  .meta({ id: 'Request', description: 'What an app asked for, as it stands.' })

export const OrderAnswer = z
  .object({
    ...RequestAnswer.shape,
    warnings: z
      .array(z.object(FaultDetail.shape))
      .optional()
      .meta({ description: 'What of the body no source of Verizon names. It was sent on as it came. The first 20.' }),
  })
  .meta({ id: 'RecordedRequest', description: 'The request as it stands, and what the gateway says of its body.' })

const ListedRequest = z
  .object(requestMembers)
  .meta({ id: 'ListedRequest', description: 'A request in a list, as of its last summary.' })

const ResultAnswer = z.object({
  upstreamRequestId: z.string(),
  identifiers: z.array(Identifier),
  verdict: Verdict,
  note: z.string().optional(),
  status: z.string().optional(),
  profileStatus: z.string().optional(),
  state: z.string().optional(),
  profileRole: z.string().optional(),
  euicc: z.optional(EuiccOutcome),
  fault: z.optional(Fault),
  assigned: z.record(z.string(), z.string()).optional().meta({
    description: 'What ThingSpace gave to the line: ICCID, MDN, IP address, a new activation code.',
  }),
  provenance: z.enum(['callback', 'adopted', ...Provenance.options]),
  receivedAt: instant,
})

const DeviceAnswer = z
  .object({
    position: count.meta({ description: 'In the order of the request, from 0.' }),
    deviceIds: z.array(Identifier),
    status: DeviceStatus,
    submission: count.nullable().meta({ description: 'Null while the submission has not been created.' }),
    conflict: z.literal(true).optional().meta({ description: 'Two different finals came; the first stands.' }),
    error: UpstreamError.optional(),
    result: ResultAnswer.optional().meta({ description: "What the deciding callback said, in ThingSpace's words." }),
    others: z
      .array(z.object({ verdict: z.string(), receivedAt: instant }))
      .optional()
      .meta({ description: 'Evidence beside the result that decided.' }),
  })
  .meta({ id: 'Device', description: 'One device of a request with what is known of it.' })

const nextCursor = z.string().nullable().meta({ description: 'Continues the list; null is its end.' })

export const RequestPage = z.object({ items: z.array(ListedRequest), nextCursor }).meta({ id: 'RequestPage' })
export const DevicePage = z
  .object({
    items: z.array(DeviceAnswer),
    nextCursor,
    unmatchedResults: z.array(ResultAnswer).meta({
      description:
        "Results that ThingSpace sent for these devices' submissions and that name none of the devices; the first 20. They change no status.",
    }),
  })
  .meta({ id: 'DevicePage' })
export const HistoryPage = z
  .object({ items: z.array(z.object({ request: ListedRequest, device: DeviceAnswer.nullable() })), nextCursor })
  .meta({ id: 'HistoryPage' })
export const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' })

/** The compiler's proof that these schemas describe what lib/profile builds, no more and no less. */
export type Proof = [
  Holds<SameShape<z.infer<typeof RequestAnswer>, RequestView>>,
  Holds<SameShape<z.infer<typeof ListedRequest>, ReturnType<typeof viewListed>>>,
  Holds<SameShape<z.infer<typeof DeviceAnswer>, DeviceView>>,
]
