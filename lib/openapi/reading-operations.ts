import * as z from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi'
import { HistoryQuery, RequestsQuery } from '../http/requests/list-requests.ts'
import type { ProblemCode } from '../http/problem.ts'
import { DevicesQuery } from '../http/requests/show-devices.ts'
import { IdentifierKind } from '../profile/order/identifiers.ts'
import {
  csvExample,
  devicePageExample,
  historyPageExample,
  ndjsonExample,
  requestExample,
  requestPageExample,
} from './answer-examples.ts'
import { DevicePage, HistoryPage, RequestAnswer, RequestPage } from './answers.ts'
import { always, headers, IfNoneMatch, maybe } from './headers.ts'
import { withWords } from './parameters.ts'
import { refusals } from './refusals.ts'

export const requestPath = z.object({ requestId: z.string().min(1).meta({ description: 'From the order’s answer.' }) })

const cursor = '`nextCursor` of the page before; with the same filters.'

const reading = (
  codes: readonly ProblemCode[],
  operation: Omit<ZodOpenApiOperationObject, 'tags' | 'security'> & { operationId: string },
): ZodOpenApiOperationObject => ({
  tags: ['Reading'],
  security: [{ callers: ['profiles:read'] }],
  ...operation,
  responses: { ...operation.responses, ...refusals([...codes, 'internal-error'], ['authorised']) },
})

const json = (description: string, schema: z.ZodType, example: unknown) => ({
  '200': {
    description,
    headers: z.object(always),
    content: { 'application/json': { schema, examples: { page: { value: example } } } },
  },
})

const showRequest = reading(['not-found'], {
  operationId: 'showRequest',
  summary: 'The request as it stands',
  requestParams: { path: requestPath, header: z.object({ 'If-None-Match': IfNoneMatch }) },
  responses: {
    '200': {
      description: 'As of this moment, computed from all that is stored.',
      headers: z.object({ ...always, ETag: headers.eTag, 'Retry-After': maybe(headers.retryAfter) }),
      content: { 'application/json': { schema: RequestAnswer, examples: { submitted: { value: requestExample } } } },
    },
    '304': {
      description: 'As it was when you got the `ETag`.',
      headers: z.object({ ...always, ETag: headers.eTag, 'Retry-After': maybe(headers.retryAfter) }),
    },
  },
})

const showDevices = reading(['invalid-parameter', 'not-found', 'not-acceptable'], {
  operationId: 'showDevices',
  summary: 'Each device with its result',
  description:
    'JSON, CSV or NDJSON, by `Accept`. A larger limit than 1,000 (JSON) or 10,000 is capped. A page has at most 5 MB.',
  requestParams: {
    path: requestPath,
    query: withWords(DevicesQuery, {
      status: 'Only devices of this status.',
      limit: 'Devices in a page: 100, at most 1,000; of CSV and NDJSON 10,000.',
      cursor,
    }),
  },
  responses: {
    '200': {
      description: 'In the order of the request. CSV and NDJSON have the next page in `Link` only.',
      headers: z.object({ ...always, Link: maybe(headers.link) }),
      content: {
        'application/json': { schema: DevicePage, examples: { page: { value: devicePageExample } } },
        'text/csv': {
          schema: z.string().meta({ description: 'RFC 4180, with a header line.' }),
          examples: { page: { value: csvExample } },
        },
        'application/x-ndjson': {
          schema: z.string().meta({ description: 'One device a line, as in `items`.' }),
          examples: { page: { value: ndjsonExample } },
        },
      },
    },
  },
})

const listRequests = reading(['invalid-parameter', 'account-not-allowed'], {
  operationId: 'listRequests',
  summary: 'Requests of an account, newest first',
  description: 'A page may be short or empty and still have a `nextCursor`: one call looks at about 500 requests.',
  requestParams: {
    query: withWords(RequestsQuery, {
      accountName: 'May be left out if the token allows exactly one.',
      action: 'Only this action.',
      status: 'Only requests of this status.',
      createdAfter: 'Inclusive.',
      createdBefore: 'Exclusive.',
      limit: 'Requests in a page, at most 100.',
      cursor,
    }),
  },
  responses: json('As of the last summary.', RequestPage, requestPageExample),
})

const listDeviceHistory = reading(['invalid-parameter'], {
  operationId: 'listDeviceHistory',
  summary: 'Everything that was ever asked of one device',
  requestParams: {
    path: z.object({
      kind: IdentifierKind,
      id: z.string().min(1).meta({
        description: 'Any identifier by which an order or a result named the device, with or without its check digit.',
      }),
    }),
    query: withWords(HistoryQuery, { limit: 'Requests in a page, at most 100.', cursor }),
  },
  responses: json('Newest first, each with the device as it stands now.', HistoryPage, historyPageExample),
})

/** The GET routes of requests and devices. */
export const readingPaths: ZodOpenApiPathsObject = {
  '/v1/requests': { get: listRequests },
  '/v1/requests/{requestId}': { get: showRequest },
  '/v1/requests/{requestId}/devices': { get: showDevices },
  '/v1/devices/{kind}/{id}/requests': { get: listDeviceHistory },
}
