import * as z from 'zod'
import type { ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi'
import { Health } from './answers.ts'
import { Callback, callbackExamples } from './callback-payloads.ts'
import { always, headers, IfNoneMatch } from './headers.ts'
import { refusals } from './refusals.ts'

const file = (description: string, ...types: string[]): ZodOpenApiResponseObject => ({
  description,
  headers: z.object({ ...always, ETag: headers.eTag }),
  content: Object.fromEntries(
    types.map((type) => [type, { schema: { type: type.endsWith('json') ? 'object' : 'string' } }]),
  ),
})

/** The files of the console never change, so they have no ETag. Its settings have one. */
const builtFile: ZodOpenApiResponseObject = {
  description: 'A script or a style sheet, compressed as the caller accepts it, or the settings of the sign-in.',
  headers: z.object({ ...always, ETag: headers.eTag.optional() }),
  content: {
    'text/javascript': { schema: { type: 'string' } },
    'text/css': { schema: { type: 'string' } },
    'application/json': { schema: { type: 'object' } },
  },
}

const unchanged: ZodOpenApiResponseObject = {
  description: 'Not changed since the `ETag`.',
  headers: z.object({ ...always, ETag: headers.eTag }),
}

const ifNoneMatch = z.object({ 'If-None-Match': IfNoneMatch })
const answerOfSqs = { 'text/xml': { schema: { type: 'string' as const } } }

/** The routes without a token. */
export const openPaths: ZodOpenApiPathsObject = {
  '/health': {
    get: {
      operationId: 'health',
      tags: ['Service'],
      summary: 'Check that the API answers',
      responses: {
        '200': {
          description: 'The API answers.',
          headers: z.object(always),
          content: { 'application/json': { schema: Health, examples: { ok: { value: { status: 'ok' } } } } },
        },
        ...refusals(['internal-error'], []),
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'describeApi',
      tags: ['Service'],
      summary: 'Get this document',
      requestParams: { header: ifNoneMatch },
      responses: {
        '200': file('OpenAPI 3.1.', 'application/json'),
        '304': unchanged,
        ...refusals(['internal-error'], []),
      },
    },
  },
  '/docs': {
    get: {
      operationId: 'showDocs',
      tags: ['Service'],
      summary: 'Show this document as a page with a client',
      requestParams: { header: ifNoneMatch },
      responses: { '200': file('The page.', 'text/html'), '304': unchanged, ...refusals(['internal-error'], []) },
    },
  },
  '/docs/{file}': {
    get: {
      operationId: 'showDocsFile',
      tags: ['Service'],
      summary: 'Get a file of the page',
      requestParams: { header: ifNoneMatch, path: z.object({ file: z.string().min(1) }) },
      responses: {
        '200': file('A script or a style sheet.', 'text/javascript', 'text/css'),
        '304': unchanged,
        ...refusals(['not-found', 'internal-error'], []),
      },
    },
  },
  '/console': {
    get: {
      operationId: 'showConsole',
      tags: ['Service'],
      summary: 'Show the console, a page for people',
      security: [],
      requestParams: { header: ifNoneMatch },
      responses: {
        '200': file('The page.', 'text/html'),
        '304': unchanged,
        ...refusals(['not-found', 'internal-error'], []),
      },
    },
  },
  '/console/{file}': {
    get: {
      operationId: 'showConsoleFile',
      tags: ['Service'],
      summary: 'Get a file of the console, or how it signs in',
      security: [],
      requestParams: { header: ifNoneMatch, path: z.object({ file: z.string().min(1) }) },
      responses: {
        '200': builtFile,
        '304': unchanged,
        ...refusals(['not-found', 'internal-error'], []),
      },
    },
  },
  '/callbacks/{secret}/{accountName}': {
    post: {
      operationId: 'receiveCallback',
      tags: ['Service'],
      summary: 'Callback endpoint for ThingSpace, not for apps',
      description:
        'API Gateway puts the body into a queue before any code of the gateway runs, and answers for the queue. It accepts any body. The credentials and the content are checked afterwards.',
      requestParams: {
        path: z.object({
          secret: z.string().meta({ description: 'The secret part of the registered URL.' }),
          accountName: z.string().min(1),
        }),
      },
      requestBody: {
        required: true,
        content: { 'application/json': { schema: Callback, examples: callbackExamples } },
      },
      responses: {
        '200': { description: 'Queued.', content: answerOfSqs },
        '400': { description: 'The queue rejects the body, because it is empty or over 1 MiB.', content: answerOfSqs },
        ...refusals([], ['secret', 'withBody']),
      },
    },
  },
}
