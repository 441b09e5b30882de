import * as z from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi'
import { HistoryQuery } from '../http/requests/device-history.ts'
import { RequestsQuery } from '../http/requests/list-requests.ts'
import type { ProblemCode } from '../http/problem.ts'
import { DevicesQuery } from '../http/requests/show-devices.ts'
import { ShowQuery } from '../http/requests/show-request.ts'
import { IdentifierKind } from '../profile/order/identifiers.ts'
import {
  csvExample,
  devicePageExample,
  historyPageExample,
  ndjsonExample,
  requestExample,
  requestPageExample,
} from './answer-examples.ts'
import { RequestAnswer, RequestPage } from './answers.ts'
import { DevicePage, HistoryPage } from './device-answers.ts'
import { always, headers, IfNoneMatch, maybe } from './headers.ts'
import { withWords } from './parameters.ts'
import { refusals } from './refusals.ts'

export const requestPath = z.object({
  requestId: z.string().min(1).meta({ description: 'The `requestId` of the answer to the order.' }),
})

export const cursor = '`nextCursor` of the previous page. Use the same filters.'

export const reading = (
  codes: readonly ProblemCode[],
  operation: Omit<ZodOpenApiOperationObject, 'tags' | 'security'> & { operationId: string },
): ZodOpenApiOperationObject => ({
  tags: ['Reading'],
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

const showRequest = reading(['invalid-parameter', 'not-found'], {
  operationId: 'showRequest',
  summary: 'Get a request',
  requestParams: {
    path: requestPath,
    query: withWords(ShowQuery, {
      waitSeconds:
        'Answer an open request only when its `ETag` changes (from that of `If-None-Match`, if sent), but after so many seconds at the latest. More than 20 count as 20.',
    }),
    header: z.object({ 'If-None-Match': IfNoneMatch }),
  },
  responses: {
    '200': {
      description: 'The current request, computed from all stored results.',
      headers: z.object({
        ...always,
        ETag: headers.eTag,
        Traceparent: maybe(headers.traceparent),
        'Retry-After': maybe(headers.retryAfter),
      }),
      content: { 'application/json': { schema: RequestAnswer, examples: { submitted: { value: requestExample } } } },
    },
    '304': {
      description: 'Not changed since the `ETag`.',
      headers: z.object({
        ...always,
        ETag: headers.eTag,
        Traceparent: maybe(headers.traceparent),
        'Retry-After': maybe(headers.retryAfter),
      }),
    },
  },
})

const showDevices = reading(['invalid-parameter', 'not-found', 'not-acceptable'], {
  operationId: 'showDevices',
  summary: 'List the devices of a request with their results',
  description:
    'JSON, CSV or NDJSON, by `Accept`. A limit over 1,000 (JSON) or 10,000 (CSV and NDJSON) is capped. A page has at most 5 MB.',
  requestParams: {
    path: requestPath,
    query: withWords(DevicesQuery, {
      status: 'Only devices of this status.',
      limit: 'Devices per page. JSON: 100 by default, at most 1,000. CSV and NDJSON: 10,000.',
      cursor,
    }),
  },
  responses: {
    '200': {
      description: 'Devices in the order of the request. For CSV and NDJSON, only `Link` names the next page.',
      headers: z.object({ ...always, Link: maybe(headers.link) }),
      content: {
        'application/json': { schema: DevicePage, examples: { page: { value: devicePageExample } } },
        'text/csv': {
          schema: z.string().meta({ description: 'RFC 4180, with a header line.' }),
          examples: { page: { value: csvExample } },
        },
        'application/x-ndjson': {
          schema: z.string().meta({ description: 'One device per line, as in `items`.' }),
          examples: { page: { value: ndjsonExample } },
        },
      },
    },
  },
})

const listRequests = reading(['invalid-parameter', 'account-not-allowed'], {
  operationId: 'listRequests',
  summary: 'List the requests of an account, newest first',
  description: 'One call checks about 500 requests, so a page may be short or empty and still have a `nextCursor`.',
  requestParams: {
    query: withWords(RequestsQuery, {
      accountName: 'Optional if the token allows exactly one account.',
      action: 'Only requests of this action.',
      status: 'Only requests of this status, or of one of several with commas between them.',
      hasFailedDevices: 'Only requests with (`true`) or without (`false`) a device that failed or expired.',
      caller: 'Only requests of this caller: `me`, or an id as in `cancelledBy`.',
      createdAfter: 'Earliest creation time, inclusive.',
      createdBefore: 'Latest creation time, exclusive.',
      limit: 'Requests per page, at most 100.',
      cursor,
    }),
  },
  responses: json('Requests with their last stored summaries.', RequestPage, requestPageExample),
})

const listDeviceHistory = reading(['invalid-parameter'], {
  operationId: 'listDeviceHistory',
  summary: 'List the requests that named a device',
  requestParams: {
    path: z.object({
      kind: IdentifierKind,
      id: z.string().min(1).meta({
        description: 'Any identifier of the device in an order or a result, with or without its check digit.',
      }),
    }),
    query: withWords(HistoryQuery, { limit: 'Requests per page, at most 100.', cursor }),
  },
  responses: json(
    'Requests, newest first, each with the current state of the device.',
    HistoryPage,
    historyPageExample,
  ),
})

/** The GET routes of requests and devices. */
export const readingPaths: ZodOpenApiPathsObject = {
  '/v1/requests': { get: listRequests },
  '/v1/requests/{requestId}': { get: showRequest },
  '/v1/requests/{requestId}/devices': { get: showDevices },
  '/v1/devices/{kind}/{id}/requests': { get: listDeviceHistory },
}
