import * as z from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi'
import { EvidenceQuery } from '../../http/support/show-evidence.ts'
import { TimelineQuery } from '../../http/support/show-timeline.ts'
import { EuiccOutcome, Fault, Provenance, Verdict } from '../../profile/request/callback.ts'
import { count, Identifier, instant } from '../answers.ts'
import { always, headers, maybe } from '../headers.ts'
import { withWords } from '../parameters.ts'
import { requestPath } from '../reading-operations.ts'
import { refusals } from '../refusals.ts'

const requestId = '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11'
const accountName = '0000123456-00001'
const cursor = '`nextCursor` of the previous page.'
const nextCursor = z.string().nullable().meta({ description: 'Null on the last page.' })

const historyMembers = {
  at: instant,
  what: z.string().meta({ description: 'Such as `accepted`, `attempt 1`, `decision`, `callback`, `final`.' }),
  detail: z.string(),
  submission: count.optional(),
  event: z.string().optional().meta({ description: 'The event that subscribers received.' }),
  callback: z
    .object({
      upstreamRequestId: z.string(),
      identifiers: z.array(Identifier),
      verdict: Verdict,
      fault: z.optional(Fault),
      euicc: z.optional(EuiccOutcome),
      note: z.string().optional(),
      provenance: z.optional(Provenance),
      raw: z.string().meta({ description: 'The text that ThingSpace sent, without its secrets.' }),
      adopted: z.boolean().meta({ description: 'Whether no response named the upstream request id.' }),
      isResult: z.boolean().meta({ description: 'False for a message that did not replace the result.' }),
    })
    .optional(),
} as const

const Timeline = z
  .object({
    requestId: z.string(),
    accountName: z.string(),
    status: z.string(),
    total: count.meta({ description: 'Number of entries of all pages.' }),
    items: z.array(z.object(historyMembers)),
    next: z.object({ what: z.string(), at: instant.nullable(), why: z.string() }).nullable(),
    decisions: z.array(
      z.object({ what: z.enum(['retry', 'cancel', 'abandon']), submissions: count, effect: z.string() }),
    ),
    nextCursor,
  })
  .meta({ id: 'Timeline' })

const hash = z.string().meta({ description: '64 hexadecimal digits.' })
const Evidence = z
  .object({
    requestId: z.string(),
    accountName: z.string(),
    action: z.string(),
    status: z.string(),
    collectedAt: instant,
    algorithm: z.literal('sha256'),
    total: count.meta({ description: 'Number of entries of all parts.' }),
    finalHash: hash,
    previousHash: hash,
    entries: z.array(
      z.object({
        sequence: count,
        entry: z
          .record(z.string(), z.unknown())
          .meta({ description: '`kind` is `order`, `history` (an entry of the timeline) or `device`.' }),
        hash,
      }),
    ),
    nextCursor,
  })
  .meta({ id: 'Evidence' })

const reading = (
  operation: Omit<ZodOpenApiOperationObject, 'tags' | 'security'>,
  codes: Parameters<typeof refusals>[0],
): ZodOpenApiOperationObject => ({
  tags: ['Reading'],
  ...operation,
  responses: { ...operation.responses, ...refusals([...codes, 'internal-error'], ['authorised']) },
})

const entry = { at: '2026-11-22T09:00:00.180Z', what: 'accepted', detail: 'download (global) for 1 device' }
const paged = z.object({ ...always, Link: maybe(headers.link) })
const zeros = '0'.repeat(64)
const example = {
  requestId,
  accountName,
  action: 'download',
  status: 'submitted',
  collectedAt: '2026-11-22T10:00:00.000Z',
  algorithm: 'sha256',
  total: 1,
  finalHash: zeros.replaceAll('0', 'a'),
  previousHash: zeros,
  entries: [{ sequence: 1, entry: { kind: 'history', ...entry }, hash: zeros.replaceAll('0', 'a') }],
  nextCursor: null,
}

/** The routes that show what happened to a request. */
export const historyPaths: ZodOpenApiPathsObject = {
  '/v1/requests/{requestId}/timeline': {
    get: reading(
      {
        operationId: 'showTimeline',
        summary: 'Get what happened to a request, and what happens next',
        description:
          'Entries are oldest first. The gateway stores states and not each event: of events, only `request.completed` is listed.',
        requestParams: {
          path: requestPath,
          query: withWords(TimelineQuery, { limit: 'Entries per page, at most 100.', cursor }),
        },
        responses: {
          '200': {
            description: 'A page of the timeline, with the current next step and the possible decisions.',
            headers: paged,
            content: {
              'application/json': {
                schema: Timeline,
                examples: {
                  page: {
                    value: {
                      requestId,
                      accountName,
                      status: 'submitted',
                      total: 1,
                      items: [entry],
                      next: { what: 'results', at: '2026-11-23T09:00:00.540Z', why: 'Accepted by ThingSpace.' },
                      decisions: [],
                      nextCursor: null,
                    },
                  },
                },
              },
            },
          },
        },
      },
      ['invalid-parameter', 'not-found'],
    ),
  },
  '/v1/requests/{requestId}/evidence': {
    get: reading(
      {
        operationId: 'showEvidence',
        summary: "Get the evidence about a request for ThingSpace's support",
        description:
          'The order, its history and its devices with whole identifiers, as a hash chain: the hash of an entry is the SHA-256 of the previous hash, a line feed and the entry as compact JSON. JSON, CSV or a page to print, by `Accept`. A large request has several parts. If it changes between them, the cursor is refused.',
        requestParams: { path: requestPath, query: withWords(EvidenceQuery, { cursor }) },
        responses: {
          '200': {
            description: 'A part of the evidence. For CSV and HTML, only `Link` names the next part.',
            headers: paged,
            content: {
              'application/json': { schema: Evidence, examples: { part: { value: example } } },
              'text/csv': {
                schema: z.string().meta({ description: 'RFC 4180, with a header line.' }),
                examples: {
                  part: { value: 'sequence,at,what,submission,upstreamRequestId,devices,detail,raw,hash\r\n' },
                },
              },
              'text/html': {
                schema: z.string().meta({ description: 'A page without script.' }),
                examples: { part: { value: '<!doctype html>\n' } },
              },
            },
          },
        },
      },
      ['invalid-parameter', 'not-found', 'not-acceptable'],
    ),
  },
}
