import * as z from 'zod'
import { FaultDetail } from '../http/problem.ts'
import { ActionName, Family } from '../profile/order/action-names.ts'
import { Identifier as StoredIdentifier } from '../profile/order/identifiers.ts'
import { AttemptResult, UpstreamError as StoredError } from '../profile/request/outcome.ts'
import { RequestStatus } from '../profile/request/states.ts'
import { DecisionRecord } from '../profile/request/submission.ts'
import type { RequestView, viewListed } from '../profile/status/request-view.ts'
import type { Holds, SameShape } from './same-shape.ts'

export const count = z.int().nonnegative()
export const instant = z.iso.datetime()

export const Identifier = z
  .object(StoredIdentifier.shape)
  .meta({ id: 'Identifier', description: 'An identifier of a device.' })
export const UpstreamError = z
  .object(StoredError.shape)
  .meta({ id: 'UpstreamError', description: 'The error that ThingSpace answered.' })

const NextStep = z
  .object({
    what: z.enum(['first-attempt', 'answer', 'retry', 'callbacks', 'repeat', 'decision', 'results']),
    at: instant.nullable().meta({ description: 'Null if the time is not known.' }),
    why: z.string(),
  })
  .meta({ id: 'NextStep', description: 'The next step, its time and its reason.' })

const SubmissionAnswer = z
  .object({
    submission: count.meta({ description: 'The position of its first device, which identifies the submission.' }),
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
    attempt: count.meta({ description: 'Number of attempts started so far.' }),
    upstreamRequestIds: z.array(z.string()).meta({ description: "ThingSpace's request ids." }),
    adopted: z
      .array(z.string())
      .optional()
      .meta({ description: 'Upstream request ids that became known from callbacks instead of an answer.' }),
    error: UpstreamError.optional(),
    deadLetters: z.int().optional().meta({ description: 'Number of its messages in the dead-letter queue.' }),
    decisions: z
      .array(z.object({ at: instant, by: z.string(), what: DecisionRecord.shape.what }))
      .optional()
      .meta({ description: 'Decisions of people and apps about this submission.' }),
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
  .meta({ id: 'Submission', description: 'One POST to ThingSpace, with its state, its attempts and the next step.' })

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
  reorderOf: z.string().optional().meta({ description: 'The request whose failed devices this one orders again.' }),
  reorderedBy: z
    .array(z.string())
    .optional()
    .meta({ description: 'The requests that order failed devices of this one again.' }),
  devices: z
    .object({
      total: z.int().positive(),
      pending: count,
      warning: count,
      succeeded: count,
      failed: count,
      expired: count,
      cancelled: count,
      conflicts: count.meta({ description: 'Devices with two different final results.' }),
    })
    .meta({ description: 'Number of devices by status.' }),
  links: z.object({ self: z.string(), devices: z.string() }),
}

export const RequestAnswer = z
  .object({
    ...requestMembers,
    submissions: z.object({
      total: count.meta({ description: 'Number of submissions, including those not created yet.' }),
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
      awaitingDecision: count.meta({ description: 'Number of submissions that wait for a decision.' }),
      items: z.array(SubmissionAnswer).meta({ description: 'The first 20 submissions.' }),
    }),
    next: NextStep.nullable().meta({ description: 'Null if nothing more happens automatically.' }),
  })
  .meta({ id: 'Request', description: 'A request with its current state.' })

export const OrderAnswer = z
  .object({
    ...RequestAnswer.shape,
    warnings: z.array(z.object(FaultDetail.shape)).optional().meta({
      description: 'The first 20 members of the body that Verizon does not document. They are sent on unchanged.',
    }),
  })
  .meta({ id: 'RecordedRequest', description: 'The current request, and warnings about its body.' })

export const ListedRequest = z
  .object(requestMembers)
  .meta({ id: 'ListedRequest', description: 'A request in a list, with its last stored summary.' })

export const nextCursor = z.string().nullable().meta({ description: 'Cursor of the next page. Null on the last page.' })

export const RequestPage = z.object({ items: z.array(ListedRequest), nextCursor }).meta({ id: 'RequestPage' })
export const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' })

/** Makes the compiler prove that these schemas describe exactly what lib/profile builds. @public */
export type Proof = [
  Holds<SameShape<z.infer<typeof RequestAnswer>, RequestView>>,
  Holds<SameShape<z.infer<typeof ListedRequest>, ReturnType<typeof viewListed>>>,
]
