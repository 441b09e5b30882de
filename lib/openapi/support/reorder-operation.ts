import * as z from 'zod'
import type { ZodOpenApiOperationObject } from 'zod-openapi'
import { ReorderBody, ReorderQuery } from '../../http/requests/reorder.ts'
import { ActionName } from '../../profile/order/action-names.ts'
import type { CandidatesView } from '../../profile/reorder/candidate-view.ts'
import { DeviceStatus } from '../../profile/request/states.ts'
import { requestExample } from '../answer-examples.ts'
import { count, Identifier, OrderAnswer } from '../answers.ts'
import { always, headers, IdempotencyKey, maybe, Traceparent } from '../headers.ts'
import { withWords } from '../parameters.ts'
import { requestPath } from '../reading-operations.ts'
import { refusals } from '../refusals.ts'
import type { Holds, SameShape } from '../same-shape.ts'

const Left = z.array(
  z.object({
    reason: z.enum(['not-failed', 'may-still-succeed', 'ordered-again']),
    devices: count,
    positions: z.array(count).meta({ description: 'The first 100 positions.' }),
  }),
)

const Candidates = z.object({
  deviceCount: count.meta({ description: 'Number of devices that are ordered again.' }),
  devices: z.array(z.object({ position: count, deviceIds: z.array(Identifier), status: DeviceStatus })),
  left: Left.meta({ description: 'Devices that fit the filter and are not ordered again, by reason.' }),
})

const DryRun = z
  .object({
    dryRun: z.literal(true),
    reorderOf: z.string(),
    action: ActionName,
    accountName: z.string(),
    ...Candidates.shape,
  })
  .meta({ id: 'ReorderDryRun', description: 'What a reorder would send. Nothing was stored.' })

const Reordered = z
  .object({
    ...OrderAnswer.shape,
    reorder: z
      .object({ deviceCount: Candidates.shape.deviceCount, left: Candidates.shape.left })
      .optional()
      .meta({ description: 'Absent in a replay.' }),
  })
  .meta({ id: 'ReorderedRequest', description: 'The new request, and the devices that were left.' })

const { requestId } = requestExample
const counts = {
  deviceCount: 1,
  left: [{ reason: 'may-still-succeed', devices: 2, positions: [3, 7] }],
}
const dryRunExample = {
  dryRun: true,
  reorderOf: requestId,
  action: 'download',
  accountName: '0000123456-00001',
  ...counts,
  devices: [{ position: 0, deviceIds: [{ kind: 'iccid', id: '89148000000010000013' }], status: 'failed' }],
}

/** POST /reorder, an order and not a decision: it has the scope and the Idempotency-Key of orders. */
export const reorderRequest: ZodOpenApiOperationObject = {
  operationId: 'reorderRequest',
  tags: ['Ordering'],
  summary: 'Order failed devices of a request again',
  description:
    'Makes a new request for the failed devices, linked to the old one by `reorderOf` and `reorderedBy`. Without a body: every device that is `failed`. A device that may still succeed is left, unless the action is repeatable or `acceptRisk` is set. A device that was ordered again, and is open or succeeded there, is always left.',
  requestParams: {
    path: requestPath,
    query: withWords(ReorderQuery, { dryRun: 'Only shows what would be ordered.' }),
    header: z.object({ 'Idempotency-Key': IdempotencyKey, traceparent: Traceparent }),
  },
  requestBody: {
    required: false,
    content: {
      'application/json': {
        schema: z.strictObject(ReorderBody.shape).meta({ id: 'Reorder' }),
        examples: {
          failed: { value: {} },
          some: { value: { statuses: ['failed', 'expired'], codes: ['REQUEST_FAILED.DeviceNotFound'] } },
        },
      },
    },
  },
  responses: {
    '200': {
      description: 'The dry run.',
      headers: z.object(always),
      content: { 'application/json': { schema: DryRun, examples: { dryRun: { value: dryRunExample } } } },
    },
    '202': {
      description: 'The new request is stored. A worker sends it.',
      headers: z.object({
        ...always,
        Location: headers.location,
        'Retry-After': headers.retryAfter,
        Traceparent: maybe(headers.traceparent),
        'Idempotent-Replayed': maybe(headers.idempotentReplayed),
      }),
      content: {
        'application/json': {
          schema: Reordered,
          examples: { stored: { value: { ...requestExample, reorderOf: requestId, reorder: counts } } },
        },
      },
    },
    ...refusals(
      [
        'malformed-json',
        'invalid-body',
        'invalid-parameter',
        'invalid-idempotency-key',
        'refused-by-thingspace',
        'not-found',
        'account-not-served',
        'nothing-to-reorder',
        'body-too-large',
        'unsupported-media-type',
        'idempotency-key-reused',
        'internal-error',
        'not-stored',
      ],
      ['authorised', 'withBody'],
    ),
  },
}

/** Makes the compiler prove that the schema describes exactly what is built. @public */
export type Proof = [Holds<SameShape<z.infer<typeof Candidates>, CandidatesView>>]
