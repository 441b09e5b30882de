import * as z from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi'
import type { ProblemCode } from '../http/problem.ts'
import { ActionName } from '../profile/order/action-names.ts'
import { OrderAnswer } from './answers.ts'
import { requestExample } from './answer-examples.ts'
import { always, headers, IdempotencyKey, maybe, Prefer, Traceparent } from './headers.ts'
import { type OrderBody, orderBody } from './orders.ts'
import { refusals } from './refusals.ts'

const words: Readonly<Record<ActionName, string>> = {
  download: 'Download a profile',
  download_enable: 'Download and enable a profile',
  download_disable: 'Download a profile and leave it disabled',
  enable: 'Enable a profile',
  disable: 'Disable a profile',
  delete: 'Delete a profile',
  setfallbackattribute: 'Make a profile the fallback',
  activate: 'Activate devices',
  activate_enable: 'Activate devices and enable the profile',
  deactivate: 'Deactivate devices',
  profile_suspend: 'Suspend a profile',
  profile_resume: 'Resume a profile',
  device_suspend: 'Suspend devices',
  device_resume: 'Resume devices',
  serviceplan: 'Change the service plan',
  renew_activation_code: 'Renew an activation code',
}

const codes: readonly ProblemCode[] = [
  'malformed-json',
  'invalid-body',
  'invalid-idempotency-key',
  'refused-by-thingspace',
  'account-not-allowed',
  'account-not-served',
  'body-too-large',
  'unsupported-media-type',
  'idempotency-key-reused',
  'internal-error',
  'not-stored',
]

const recorded: ZodOpenApiResponseObject = {
  id: 'Recorded',
  description:
    'The request is stored. If it fits into one submission, the first attempt was made. The answer is the same while ThingSpace is down.',
  headers: z.object({
    ...always,
    Location: headers.location,
    'Retry-After': headers.retryAfter,
    'Idempotent-Replayed': maybe(headers.idempotentReplayed),
    Traceparent: maybe(headers.traceparent),
    'Preference-Applied': maybe(headers.preferenceApplied),
  }),
  content: { 'application/json': { schema: OrderAnswer, examples: { submitted: { value: requestExample } } } },
}
const refused = refusals(codes, ['authorised', 'withBody'], 'Order')
const refusedAny = refusals([...codes, 'unknown-action'], ['authorised', 'withBody'], 'AnyOrder')

type Order = { operationId: string; summary: string; description: string; body: OrderBody; anyAction?: boolean }

const order = ({ operationId, summary, description, body, anyAction = false }: Order): ZodOpenApiOperationObject => ({
  operationId,
  tags: [anyAction ? 'Ordering any action' : 'Ordering'],
  summary,
  description,
  requestParams: {
    header: z.object({ 'Idempotency-Key': IdempotencyKey, Prefer, traceparent: Traceparent }),
    ...(anyAction && { path: z.object({ action: ActionName }) }),
  },
  requestBody: {
    required: true,
    content: { 'application/json': { schema: body.schema, examples: body.examples } },
  },
  responses: { '202': recorded, ...(anyAction ? refusedAny : refused) },
})

const bodies = new Map(ActionName.options.map((name) => [name, orderBody(name)]))

const anyBody: OrderBody = {
  schema: z.union([...bodies.values()].map(({ schema }) => schema)).meta({ id: 'AnyOrder' }),
  examples: Object.assign({}, ...[...bodies.values()].map(({ examples }) => examples)),
}

const camelCase = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** The order routes: one operation for each action, and both deployed routes with the action as a parameter. */
export const orderPaths: ZodOpenApiPathsObject = {
  ...Object.fromEntries(
    [...bodies].map(([name, body]) => [
      `/v1/devices/profile/actions/${name}`,
      {
        post: order({
          operationId: camelCase(name),
          summary: words[name],
          description:
            "The body is ThingSpace's own for this action. Its members decide which family of the action it is.",
          body,
        }),
      },
    ]),
  ),
  '/v1/devices/profile/actions/{action}': {
    post: order({
      operationId: 'orderAction',
      summary: 'Order any action',
      description: 'One route for all actions, for clients that keep the action in a variable.',
      body: anyBody,
      anyAction: true,
    }),
  },
  '/m2m/v1/devices/profile/actions/{action}': {
    post: order({
      operationId: 'orderActionAsThingSpace',
      summary: 'Order any action, for clients written for ThingSpace',
      description:
        "The same route under ThingSpace's path. Existing ThingSpace clients only change the base URL and the token.",
      body: anyBody,
      anyAction: true,
    }),
  },
}
