import * as z from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import type { viewDay } from '../../http/support/show-failure-counts.ts'
import { FailureCountsQuery } from '../../http/support/show-failure-counts.ts'
import { FailuresQuery } from '../../http/support/show-failures.ts'
import { FailedStatus } from '../../profile/failure/failure.ts'
import type { FailureView } from '../../profile/failure/failure-view.ts'
import { ActionName } from '../../profile/order/action-names.ts'
import { count, Identifier, instant, nextCursor } from '../answers.ts'
import { always, headers, maybe } from '../headers.ts'
import { withWords } from '../parameters.ts'
import { cursor, reading } from '../reading-operations.ts'
import type { Holds, SameShape } from '../same-shape.ts'

const FailureAnswer = z
  .object({
    at: instant.meta({ description: 'When the gateway stored this status.' }),
    requestId: z.string(),
    position: count.meta({ description: 'Position of the device in the request, from 0.' }),
    deviceIds: z.array(Identifier),
    accountName: z.string(),
    action: ActionName,
    status: FailedStatus,
    final: z.boolean().meta({ description: 'False for `expired`: a late result still changes it.' }),
    code: z.string().nullable().meta({ description: 'The code of ThingSpace. Null if no message named one.' }),
    message: z.string().nullable(),
  })
  .meta({ id: 'Failure', description: 'A device that failed or expired.' })

const FailurePage = z.object({ items: z.array(FailureAnswer), nextCursor }).meta({ id: 'FailurePage' })

const DayAnswer = z
  .object({
    day: z.string().meta({ description: 'A day in UTC, such as `2026-11-22`.' }),
    devices: count,
    complete: z.boolean().meta({ description: 'False if the day has more failures than one call counts.' }),
    counts: z.array(
      z.object({
        code: z.string().nullable().meta({ description: 'The first 64 characters. Null: without a code.' }),
        action: ActionName,
        status: FailedStatus,
        devices: count,
        meaning: z.string().optional(),
        cure: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'FailuresOfDay' })

const FailureCounts = z
  .object({ accountName: z.string(), from: instant, to: instant, days: z.array(DayAnswer), nextCursor })
  .meta({ id: 'FailureCounts' })

const failureExample = {
  at: '2026-11-22T09:00:04.040Z',
  requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
  position: 0,
  deviceIds: [{ kind: 'iccid', id: '89148000000010000013' }],
  accountName: '0000123456-00001',
  action: 'download',
  status: 'failed',
  final: true,
  code: 'REQUEST_FAILED.DeviceNotFound',
  message: 'The device could not be found.',
}

const csvExample = [
  'at,requestId,position,action,status,final,code,message,accountName,eid,iccid',
  `${failureExample.at},${failureExample.requestId},0,download,failed,true,${failureExample.code},The device could not be found.,0000123456-00001,,89148000000010000013`,
  '',
].join('\r\n')

const countsExample = {
  accountName: '0000123456-00001',
  from: '2026-11-21T00:00:00.000Z',
  to: '2026-11-23T00:00:00.000Z',
  days: [
    {
      day: '2026-11-22',
      devices: 3,
      complete: true,
      counts: [
        {
          code: 'REQUEST_FAILED.DeviceNotFound',
          action: 'download',
          status: 'failed',
          devices: 3,
          meaning: 'the device is not on the account',
          cure: 'add the device to the account, then order again',
        },
      ],
    },
    { day: '2026-11-21', devices: 0, complete: true, counts: [] },
  ],
  nextCursor: null,
}

const accountName = 'Optional if the token allows exactly one account.'
const from = 'Earliest time of the failure, inclusive. By default seven days before the end.'
const to = 'Latest time of the failure, exclusive. By default now.'

const listFailures = reading(['invalid-parameter', 'account-not-allowed', 'not-acceptable'], {
  operationId: 'listFailures',
  summary: 'List the devices that failed or expired, newest first',
  description:
    'JSON, CSV or NDJSON, by `Accept`. One call checks about 2,000 failures of 40 days, so a page may be short or empty and still have a `nextCursor`. The list follows the stored status of each device within seconds.',
  requestParams: {
    query: withWords(FailuresQuery, {
      accountName,
      from,
      to,
      action: 'Only failures of this action.',
      status: 'Only devices of this status.',
      code: 'Only failures with this code of ThingSpace. `none`: those without a code.',
      limit: 'Failures per page, at most 1,000.',
      cursor,
    }),
  },
  responses: {
    '200': {
      description: 'Failures. For CSV and NDJSON, only `Link` names the next page.',
      headers: z.object({ ...always, Link: maybe(headers.link) }),
      content: {
        'application/json': {
          schema: FailurePage,
          examples: { page: { value: { items: [failureExample], nextCursor: null } } },
        },
        'text/csv': {
          schema: z.string().meta({ description: 'RFC 4180, with a header line.' }),
          examples: { page: { value: csvExample } },
        },
        'application/x-ndjson': {
          schema: z.string().meta({ description: 'One failure per line, as in `items`.' }),
          examples: { page: { value: `${JSON.stringify(failureExample)}\n` } },
        },
      },
    },
  },
})

const countFailures = reading(['invalid-parameter', 'account-not-allowed'], {
  operationId: 'countFailures',
  summary: 'Count failures by day, code, action and status',
  description: 'Each count has the meaning and the cure of its code, if they are known.',
  requestParams: { query: withWords(FailureCountsQuery, { accountName, from, to, cursor }) },
  responses: {
    '200': {
      description: 'Counts by day (UTC), newest first.',
      headers: z.object(always),
      content: { 'application/json': { schema: FailureCounts, examples: { counts: { value: countsExample } } } },
    },
  },
})

/** The GET routes of failures. */
export const failurePaths: ZodOpenApiPathsObject = {
  '/v1/failures': { get: listFailures },
  '/v1/failures/counts': { get: countFailures },
}

/** Makes the compiler prove that these schemas describe exactly what is built. @public */
export type Proof = [
  Holds<SameShape<z.infer<typeof FailureAnswer>, FailureView>>,
  Holds<SameShape<z.infer<typeof DayAnswer>, ReturnType<typeof viewDay>>>,
]
