/**
 * Limits of the guard. The bench reports against targets; the guard fails above today's values. Lower a limit when
 * the value falls, and raise it only with a reason.
 */
export const wantedBytes = 400_000

/** Bytes of each bundle: today's, rounded up. */
export const mostBytes: Readonly<Record<string, number>> = {
  // It serves the console too. The console's own files lie beside the bundle. The routes that open a latch and end a
  // pause have bodies.
  'describe-api': 278_000,
  // It writes to the audit, as manage-request and sweep-due do.
  'keep-listener': 335_000,
  'manage-request': 377_000,
  // It sends dead letters back, and lists registrations. A submission contains the lane of its last decision, and a flow
  // its turns.
  'operate-gateway': 365_000,
  'plan-decisions': 353_000,
  'project-changes': 353_000,
  // It shows timelines and evidence too.
  'query-requests': 330_000,
  'query-support': 354_000,
  'record-callbacks': 299_000,
  // They limit the calls of a credential set, and give them turns.
  'retry-submission': 375_000,
  'submit-profile-action': 390_500,
  // A summary writes device links for identifiers that only results name.
  'sweep-due': 384_000,
}

/** Own code and clients that a function must not contain. */
const theirWorld = /^lib\/thingspace\/(client|credentials\/(?!ports\.ts)|authorised-call|https|agent)/
const theirCallbacks = /^lib\/thingspace\/callback\/(?!redact|credentials|encoding|text)/
const client = (service: string) => new RegExp(`node_modules/@aws-sdk/client-${service}/`)
const openApi = /^lib\/openapi\/|node_modules\/zod-openapi\//
const http = /^lib\/http\//
const events = /^lib\/events\//

export const foreign: Readonly<Record<string, readonly RegExp[]>> = {
  'submit-profile-action': [theirCallbacks, openApi, client('sns'), /^lib\/events\/(queue|stream)-handler/],
  'record-callbacks': [
    theirWorld,
    openApi,
    http,
    client('sqs'),
    client('sns'),
    /^lib\/profile\/(status\/summary|submission\/accept-request)/,
  ],
  'query-requests': [/^lib\/thingspace\//, openApi, events, client('sqs'), client('sns'), client('secrets-manager')],
  'query-support': [/^lib\/thingspace\//, openApi, events, client('sqs'), client('sns'), client('secrets-manager')],
  'operate-gateway': [openApi, /^lib\/events\/(queue|stream)-handler/, client('sns')],
  'plan-decisions': [/^lib\/thingspace\//, openApi, client('sns'), client('secrets-manager')],
  'manage-request': [/^lib\/thingspace\//, openApi, client('sns'), client('secrets-manager')],
  'retry-submission': [theirCallbacks, openApi, http, client('sns')],
  'project-changes': [/^lib\/thingspace\//, openApi, http, client('sqs'), client('secrets-manager')],
  'sweep-due': [theirCallbacks, openApi, http, client('sns')],
  'keep-listener': [theirCallbacks, openApi, http, client('sqs'), client('sns')],
  'describe-api': [/^lib\/(store|thingspace)\//, /node_modules\/@aws-sdk\/client-/],
}

/** The whole life of a request with all callbacks, from the order to its final status, with every device once. */
export const mostUnits: readonly {
  devices: number
  writeUnits: number
  readUnits: number
  calls: number
  posts: number
}[] = [
  // Half a read unit, once in five seconds, tells an environment whether calls to ThingSpace are limited. The read of
  // the upstream link costs half a unit, because it need not be consistent.
  { devices: 1, writeUnits: 18, readUnits: 7, calls: 14, posts: 1 },
  { devices: 100, writeUnits: 322, readUnits: 43.5, calls: 130, posts: 1 },
  // A requested summary starts with a write of its own, so that a further request is not lost.
  { devices: 1000, writeUnits: 3149, readUnits: 343, calls: 1207, posts: 10 },
]

/** The orders of a day, for each device, from the order to its final status. They cost the same at every size. */
export const mostPerDevice = {
  /** Orders for one device each. */
  alone: { sizes: [1, 100, 1000], inEach: 1, writeUnits: 18, readUnits: 7, calls: 14, posts: 1 },
  /** Orders for a hundred devices each. */
  bulk: { sizes: [100, 1000, 10_000], inEach: 100, writeUnits: 3.21, readUnits: 0.29, calls: 1.23, posts: 0.01 },
} as const
/** How much more a device may cost at one size than at another. */
export const mostBetweenSizes = 1.1

/**
 * Two hours without ThingSpace. Posts and probes are those of all orders together, however many wait. The others are those
 * of each order that waits: a look every few minutes, which writes the date of the next one and sends a message.
 */
export const mostOfOutage = {
  waiting: [10, 40],
  posts: 5,
  probes: 120,
  writeUnits: 160,
  readUnits: 245,
  messages: 46,
} as const
