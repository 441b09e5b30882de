import * as z from 'zod'
import type { ZodOpenApiPathItemObject } from 'zod-openapi'
import { cloudEvent } from '../events/cloud-event.ts'
import { ActionName } from '../profile/order/action-names.ts'
import type { AccountEvent, RequestEvent } from '../profile/request/event-types.ts'
import { DeviceStatus, RequestStatus } from '../profile/request/states.ts'
import { Identifier } from './answers.ts'
import type { Holds, SameShape } from './same-shape.ts'

const envelope = {
  specversion: z.literal('1.0'),
  id: z.string().meta({ description: 'The same for a repeat of this event, different for any other event.' }),
  source: z.literal('/thingspace-profile-gateway'),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  subject: z.string(),
}

const sequence = z.int().nonnegative().meta({ description: 'Increases with each change of the request.' })

const RequestCloudEvent = z
  .object({
    ...envelope,
    type: z.enum([
      'request.submitted',
      'request.unconfirmed',
      'request.completed',
      'device.succeeded',
      'device.failed',
    ]),
    sequence: z.string().regex(/^\d{10}$/),
    traceparent: z
      .string()
      .regex(/^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/)
      .optional()
      .meta({ description: 'The W3C trace context of the request.' }),
    data: z.object({
      requestId: z.string(),
      sequence,
      accountName: z.string(),
      action: ActionName,
      status: z.union([RequestStatus, DeviceStatus]),
      position: z
        .int()
        .nonnegative()
        .optional()
        .meta({ description: 'Position of the device, in events about devices.' }),
      deviceIds: z.array(Identifier).optional().meta({
        description: 'In events about devices. The setting `eventIdentifiers` masks or omits them.',
      }),
    }),
  })
  .meta({ id: 'RequestCloudEvent', description: 'CloudEvents 1.0. The data is thin. Read the request for details.' })

const AccountCloudEvent = z
  .object({
    ...envelope,
    type: z.enum(['listener.drifted', 'account.locked']),
    data: z.object({ subject: z.string(), status: z.string(), service: z.string().optional() }),
  })
  .meta({ id: 'AccountCloudEvent', description: 'CloudEvents 1.0, about an account.' })

const requestId = '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11'
const at = Date.UTC(2026, 10, 22, 9, 0, 4, 40)

const device = [
  { kind: 'eid', id: '89049032000000000000000000000131' },
  { kind: 'iccid', id: '89148000000010000013' },
] as const

type EventWords = { schema: z.ZodType; words: string; example: unknown }

function ofRequest(type: RequestEvent['type'], words: string, status: string): EventWords {
  const event = {
    type,
    requestId,
    accountName: '0000123456-00001',
    action: 'download',
    sequence: 2,
    at,
    status,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  } as const
  const example = type.startsWith('device')
    ? cloudEvent({ ...event, id: `${requestId}/2/0`, position: 0, device }, 'whole')
    : cloudEvent({ ...event, id: `${requestId}/2` }, 'whole')
  return { schema: RequestCloudEvent, words, example }
}

function ofAccount(words: string, event: Omit<AccountEvent, 'id' | 'at'>): EventWords {
  const example = cloudEvent({ ...event, id: `${event.subject}/${event.service ?? 'latch'}/${at}`, at }, 'whole')
  return { schema: AccountCloudEvent, words, example }
}

const events: Readonly<Record<RequestEvent['type'] | AccountEvent['type'], EventWords>> = {
  'request.submitted': ofRequest(
    'request.submitted',
    'ThingSpace has accepted all submissions; results are outstanding',
    'submitted',
  ),
  'request.unconfirmed': ofRequest(
    'request.unconfirmed',
    'The answer to a submission was lost; a decision may be needed',
    'unconfirmed',
  ),
  'request.completed': ofRequest(
    'request.completed',
    'The request has a final status, or another one after a late result',
    'succeeded',
  ),
  'device.succeeded': ofRequest('device.succeeded', 'A device succeeded', 'succeeded'),
  'device.failed': ofRequest('device.failed', 'A device failed, expired or was cancelled', 'failed'),
  'listener.drifted': ofAccount('The callback registration at ThingSpace is missing or wrong', {
    type: 'listener.drifted',
    subject: '0000123456-00001',
    status: 'other-address',
    service: 'DeviceProfileService',
  }),
  'account.locked': ofAccount('Two logins failed, so no more are attempted', {
    type: 'account.locked',
    subject: 'default',
    status: 'login-latch-closed',
  }),
}

/** Describes each event of the topic, as an HTTPS subscription with raw message delivery receives it. */
export const eventWebhooks: Record<string, ZodOpenApiPathItemObject> = Object.fromEntries(
  Object.entries(events).map(([type, { schema, words, example }]) => [
    type,
    {
      post: {
        operationId: type,
        summary: words,
        description:
          'Published to the SNS topic at least once, in no particular order. This is the message with raw delivery.',
        security: [],
        requestBody: {
          required: true,
          content: { 'application/json': { schema, examples: { [type]: { value: example } } } },
        },
        responses: { '200': { description: 'Accepted.' }, '4XX': { description: 'Rejected. SNS does not retry.' } },
      },
    },
  ]),
)

/** Makes the compiler prove that every type of event is described. @public */
export type Proof = [
  Holds<SameShape<z.infer<typeof RequestCloudEvent>['type'], RequestEvent['type']>>,
  Holds<SameShape<z.infer<typeof AccountCloudEvent>['type'], AccountEvent['type']>>,
]
