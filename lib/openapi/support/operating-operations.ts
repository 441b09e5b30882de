import * as z from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { DismissBody, QuarantineQuery, RerunBody } from '../../http/operate/quarantine.ts'
import { AuditQuery } from '../../http/operate/show-audit.ts'
import { Verdict } from '../../profile/request/callback.ts'
import { Identifier } from '../answers.ts'
import { always, headers, maybe } from '../headers.ts'
import { withWords } from '../parameters.ts'
import {
  AuditEntry,
  auditExample,
  cursor,
  Done,
  json,
  listedMessage,
  messageExample,
  messageId,
  nextCursor,
  operating,
  withBody,
} from './operating-answers.ts'

/** The routes of those who operate the gateway. */
export const operatingPaths: ZodOpenApiPathsObject = {
  '/v1/operate/quarantine': {
    get: operating(
      {
        operationId: 'listQuarantine',
        summary: 'List callbacks that were not recorded',
        description:
          'In no particular order, of the accounts of the token. A page may be short and still have a cursor.',
        requestParams: { query: withWords(QuarantineQuery, { limit: 'Messages per page, at most 100.', cursor }) },
        responses: json(
          'Messages without their texts.',
          z.object({ items: z.array(z.object(listedMessage)), nextCursor }),
          { items: [messageExample], nextCursor: null },
          { Link: maybe(headers.link) },
        ),
      },
      ['invalid-parameter'],
    ),
  },
  '/v1/operate/quarantine/{id}': {
    get: operating(
      {
        operationId: 'showQuarantined',
        summary: 'Get a quarantined callback, and how this version reads it',
        requestParams: { path: messageId },
        responses: json(
          'The message with its redacted text.',
          z.object({
            ...listedMessage,
            raw: z.string(),
            isAuthentic: z.boolean().meta({ description: 'Whether its sender was authenticated.' }),
            today: z.object({
              kind: z.enum(['understood', 'not-understood']),
              reason: z.string().optional(),
              upstreamRequestId: z.string().optional(),
              verdict: z.optional(Verdict),
              identifiers: z.array(Identifier).optional(),
            }),
          }),
          {
            ...messageExample,
            raw: '{"what":"unknown"}',
            isAuthentic: true,
            today: { kind: 'not-understood', reason: 'no-verdict' },
          },
        ),
      },
      ['not-found'],
    ),
  },
  '/v1/operate/quarantine/{id}/rerun': {
    post: operating(
      {
        operationId: 'rerunQuarantined',
        summary: 'Read a quarantined callback again and record it as a result',
        requestParams: { path: messageId },
        requestBody: {
          content: {
            'application/json': {
              schema: z.strictObject(RerunBody.shape).meta({ id: 'Rerun' }),
              examples: { vouching: { value: { acceptUnauthenticated: true } } },
            },
          },
        },
        responses: json('The message was recorded and has left quarantine.', Done, { outcome: 'recorded' }),
      },
      [...withBody, 'not-found', 'not-recorded'],
    ),
  },
  '/v1/operate/quarantine/{id}/dismiss': {
    post: operating(
      {
        operationId: 'dismissQuarantined',
        summary: 'Remove a quarantined callback for good',
        requestParams: { path: messageId },
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: z.strictObject(DismissBody.shape).meta({ id: 'Dismissal' }),
              examples: { scanner: { value: { reason: 'A scanner sent it.' } } },
            },
          },
        },
        responses: json('The message is gone. The audit keeps who decided it and why.', Done, { outcome: 'dismissed' }),
      },
      [...withBody, 'not-found'],
    ),
  },
  '/v1/operate/audit': {
    get: operating(
      {
        operationId: 'listAudit',
        summary: 'List who decided or changed what, and when',
        description:
          'Newest first. A token of single accounts sees their entries only. One call reads at most 31 days without entries, so a page may be short or empty and still have a `nextCursor`. JSON or CSV, by `Accept`.',
        requestParams: {
          query: withWords(AuditQuery, {
            from: 'Earliest time, inclusive.',
            to: 'Latest time, inclusive.',
            accountName: 'Only entries of this account.',
            actor: 'Only acts of this caller, operator or `gateway`.',
            subject: 'Only entries about this request, message, queue, credential set or service.',
            limit: 'Entries per page, at most 100.',
            cursor,
          }),
        },
        responses: {
          '200': {
            description: 'A page of the audit. For CSV, only `Link` names the next page.',
            headers: z.object({ ...always, Link: maybe(headers.link) }),
            content: {
              'application/json': {
                schema: z.object({ items: z.array(AuditEntry), nextCursor }),
                examples: { page: { value: { items: [auditExample], nextCursor: null } } },
              },
              'text/csv': {
                schema: z.string().meta({ description: 'RFC 4180, with a header line.' }),
                examples: {
                  page: {
                    value: 'at,act,actor,via,identity,host,accountName,subject,result,endedAt,detail,outcome\r\n',
                  },
                },
              },
            },
          },
        },
      },
      ['invalid-parameter', 'account-not-allowed', 'not-acceptable'],
    ),
  },
}
