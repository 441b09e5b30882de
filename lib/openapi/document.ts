import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi'
import { scopeOf } from '../http/access/route-scopes.ts'
import { scopes } from '../http/access/scopes.ts'
import { Callback, callbackExamples } from './callback-payloads.ts'
import { decidingPaths } from './deciding-operations.ts'
import { eventWebhooks } from './events.ts'
import { openPaths } from './open-operations.ts'
import { openDecisionPaths } from './support/decision-operations.ts'
import { accountPaths } from './support/account-operations.ts'
import { failurePaths } from './support/failure-operations.ts'
import { findPaths } from './support/find-operations.ts'
import { orderPaths } from './order-operations.ts'
import { Problem, problemExamples } from './problems.ts'
import { deadLetterPaths } from './support/dead-letter-operations.ts'
import { credentialSetPaths } from './support/credential-set-operations.ts'
import { listenerPaths } from './support/listener-operations.ts'
import { operatingPaths } from './support/operating-operations.ts'
import { historyPaths } from './support/history-operations.ts'
import { planPaths } from './support/plan-operations.ts'
import { readingPaths } from './reading-operations.ts'

const description = `Sends profile actions to ThingSpace, retries them only when a retry is safe, and records every callback. You can query the result of each device, including why it failed and when the next attempt is due.

The gateway answers an order with 202 once it is stored. Poll the request until it is \`final\`, at the intervals of \`Retry-After\`, or subscribe to the events.

Clients must tolerate members and values that are not listed here, because new ones may be added at any time.`

/** The route of serverless.yml that serves a path. The document has one path for each action. */
const routeOf = (method: string, path: string): string =>
  `${method} ${path.replace(/^(\/v1\/devices\/profile\/actions\/)\w+$/, '$1{action}')}`

/** Writes the scope that the functions check into each operation. The callback endpoint reaches no function. */
const secured = (paths: ZodOpenApiPathsObject): ZodOpenApiPathsObject =>
  Object.fromEntries(
    Object.entries(paths).map(([path, { get, post }]) => [
      path,
      {
        ...(get && { get: { ...get, security: securityOf(routeOf('GET', path)) } }),
        ...(post && { post: { ...post, security: path === callbackPath ? [] : securityOf(routeOf('POST', path)) } }),
      },
    ]),
  )

function securityOf(routeKey: string): { callers: string[] }[] {
  const scope = scopeOf(routeKey)
  return scope === undefined ? [] : [{ callers: [scope] }]
}

const callbackPath = '/callbacks/{secret}/{accountName}'

/** Builds the OpenAPI 3.1 document from the schemas that check requests and type the answers. */
export const describeApi = () =>
  createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'ThingSpace Profile Gateway',
        version: '1',
        summary: 'Reliable eSIM profile actions through Verizon ThingSpace.',
        description,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      // The URL is relative, so that the page calls the stage that served it.
      servers: [{ url: '/', description: 'The server of this document' }],
      tags: [
        { name: 'Ordering', description: 'One route for each action.' },
        { name: 'Reading', description: 'Requests, devices and their history.' },
        { name: 'Deciding', description: 'Decisions by a person or an app.' },
        {
          name: 'Operating',
          description: 'What concerns the whole gateway: quarantine, login latches, limits of calls, audit.',
        },
        { name: 'Ordering any action', description: 'The deployed routes, with the action as a parameter.' },
        { name: 'Service', description: 'Health, this document, and the callback endpoint.' },
      ],
      paths: secured({
        ...orderPaths,
        ...readingPaths,
        ...historyPaths,
        ...findPaths,
        ...failurePaths,
        ...accountPaths,
        ...openDecisionPaths,
        ...planPaths,
        ...decidingPaths,
        ...operatingPaths,
        ...credentialSetPaths,
        ...deadLetterPaths,
        ...listenerPaths,
        ...openPaths,
      }),
      webhooks: {
        'thingspace.callback': {
          post: {
            operationId: 'thingspace.callback',
            summary: 'A result, sent by ThingSpace to the gateway',
            description: 'Sent to `/callbacks/{secret}/{accountName}`, once or several times for each device.',
            security: [],
            requestBody: {
              required: true,
              content: { 'application/json': { schema: Callback, examples: callbackExamples } },
            },
            responses: { '200': { description: 'Queued.' }, '4XX': { description: 'Not accepted.' } },
          },
        },
        ...eventWebhooks,
      },
      components: {
        schemas: { Problem },
        examples: problemExamples,
        securitySchemes: {
          callers: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: `Signed by the stage's issuer for its audience. Scopes: ${scopes.map((scope) => `\`${scope}\``).join(', ')}, or the stage's own names for them. The claim \`accounts\` lists the account names that the caller may use; \`*\` allows all.`,
          },
        },
      },
    },
    {
      // Answers may get new members, so only request bodies are closed.
      override: ({ jsonSchema, zodSchema, io }) => {
        const { def } = zodSchema._zod
        if (io === 'output' && def.type === 'object') delete jsonSchema.additionalProperties
        // The format is enough. Zod's pattern is long, because it checks leap years.
        if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      },
    },
  )
