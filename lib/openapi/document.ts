import { createDocument } from 'zod-openapi'
import { Callback, callbackExamples } from './callback-payloads.ts'
import { decidingPaths } from './deciding-operations.ts'
import { eventWebhooks } from './events.ts'
import { openPaths } from './open-operations.ts'
import { orderPaths } from './order-operations.ts'
import { Problem, problemExamples } from './problems.ts'
import { readingPaths } from './reading-operations.ts'

const description = `Forwards profile actions to ThingSpace, catches every result, and answers at any time: what happened to each device, why, and what happens next.

An order is answered 202 when it is recorded. Read the request until it is \`final\`, waiting \`Retry-After\` between, or subscribe to the events.

Readers must tolerate members and values that are not listed here: new ones may come at any time.`

/** The OpenAPI 3.1 document, made from the very schemas that calls are checked and answers are built by. */
export const describeApi = () =>
  createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'ThingSpace Profile Gateway',
        version: '1',
        summary: 'eSIM profile actions at ThingSpace, made dependable.',
        description,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      // Relative, so that the page tries the very stage that served it.
      servers: [{ url: '/', description: 'Where this document comes from' }],
      tags: [
        { name: 'Ordering', description: 'One route for each action.' },
        { name: 'Reading', description: 'Requests, devices, histories.' },
        { name: 'Deciding', description: 'What only a person or an app can decide.' },
        { name: 'Ordering any action', description: 'The routes as they are deployed: the action is a parameter.' },
        { name: 'Service', description: 'Health, this document, and the callback endpoint.' },
      ],
      paths: { ...orderPaths, ...readingPaths, ...decidingPaths, ...openPaths },
      webhooks: {
        'thingspace.callback': {
          post: {
            operationId: 'thingspace.callback',
            summary: 'A result, from ThingSpace to us',
            description: 'Arrives at `/callbacks/{secret}/{accountName}`, once or several times for a device.',
            security: [],
            requestBody: {
              required: true,
              content: { 'application/json': { schema: Callback, examples: callbackExamples } },
            },
            responses: { '200': { description: 'In the queue.' }, '4XX': { description: 'Not taken.' } },
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
            description:
              "Signed by the stage's issuer for its audience. Scopes: `profiles:read`, `profiles:write`, `profiles:manage`. The claim `accounts` limits the caller to those account names.",
          },
        },
      },
    },
    {
      // Answers may get new members; only what is sent to us is held to the members that are listed.
      override: ({ jsonSchema, zodSchema, io }) => {
        const { def } = zodSchema._zod
        if (io === 'output' && def.type === 'object') delete jsonSchema.additionalProperties
        // The format says it; zod's pattern for it knows every leap year.
        if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      },
    },
  )
