import * as z from 'zod/mini'
import './profile/order/schema-messages.ts'
import type { Settings } from './profile/request/settings.ts'

// The only reader of process.env. A function parses the slices that it needs when it starts. A missing or malformed
// variable therefore fails the first invocation after a deployment, with its name. A test compares the slices of each
// function with its variables in serverless.yml.

/** Zero or more, in the unit that the name of the variable says. */
const seconds = z.coerce.number().check(z.int(), z.nonnegative())
const positive = z.coerce.number().check(z.int(), z.positive())
const list = z.pipe(
  z.string(),
  z.transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  ),
)
const flag = () =>
  z.pipe(
    z.enum(['true', 'false']),
    z.transform((text) => text === 'true'),
  )
const loopback = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/
/** A URL that receives passwords and tokens. It must use TLS, except for the local machine. */
const secureUrl = z.url().check(
  z.refine(
    (text) => {
      const { protocol, hostname, username } = URL.parse(text) ?? {}
      const isSafe = protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname ?? ''))
      return isSafe && username === ''
    },
    { error: 'must begin with https:// (http:// only for the local machine) and contain no credentials' },
  ),
)
const jsonMap = z.pipe(
  z.string(),
  z.transform((text, context) => {
    try {
      return z.record(z.string(), z.string()).parse(JSON.parse(text))
    } catch {
      context.issues.push({ code: 'custom', input: text, message: 'must be a JSON object whose values are texts' })
      return z.NEVER
    }
  }),
)

/** Slices are functions, so that a cold start builds only the schemas that it reads. */
const logSlice = () =>
  z.object({
    LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    LOG_SAMPLE_RATE: z.coerce.number().check(z.gte(0), z.lte(1)),
    METRICS_NAMESPACE: z.string().check(z.regex(/^[\w./#:-]{1,255}$/)),
    POWERTOOLS_SERVICE_NAME: z.string().check(z.minLength(1)),
  })
const tableSlice = () => z.object({ TABLE_NAME: z.string().check(z.minLength(1)), RETAIN_DAYS: positive })
const queueSlice = () => z.object({ SUBMISSIONS_QUEUE_URL: z.url() })
const protocolSlice = () =>
  z.object({
    DEVICES_PER_SUBMISSION: positive.check(z.lte(10_000)),
    DEVICES_PER_SUBMISSION_GLOBAL: positive.check(z.lte(10_000)),
    LEASE_SECONDS: positive,
    GRACE_REPEATABLE_SECONDS: seconds,
    GRACE_SECONDS: seconds,
    RESULTS_WITHIN_SECONDS: seconds,
    RETRY_FIRST_DELAY_SECONDS: positive,
    RETRY_CAP_SECONDS: positive,
    RETRY_MAXIMUM_AGE_SECONDS: positive,
    WORK_MESSAGE_GRACE_SECONDS: seconds,
    SUMMARISE_AT_ONCE_UP_TO: positive.check(z.lte(1000)),
    SUMMARISE_EVERY_SECONDS: positive,
    OTHER_PROFILE_SECONDS: seconds,
    REPEAT_UNCONFIRMED_FOR: list,
  })
const thingSpaceSlice = () =>
  z.object({
    THINGSPACE_BASE_URL: secureUrl,
    THINGSPACE_SECRET_ID: z.string().check(z.minLength(1)),
    CREDENTIAL_SETS: jsonMap,
  })
const listenerSlice = () => z.object({ LISTENER_SECRET_ID: z.string().check(z.minLength(1)) })
const callbacksSlice = () =>
  z.object({
    REQUIRE_CALLBACK_CREDENTIALS: flag(),
    REFUSE_UNLISTED_ADDRESSES: flag(),
    CALLBACK_ADDRESSES: list,
  })
const callbackEndpointSlice = () =>
  z.object({
    CALLBACK_SEGMENT_SECRET_ID: z.string().check(z.minLength(1)),
    PUBLIC_URL: z.url({ protocol: /^https?$/ }),
    LISTENER_ACCOUNTS: list,
    TAKE_OVER_LISTENER: flag(),
    ROTATE_LISTENER_DAYS: seconds,
  })
const eventsSlice = () => z.object({ EVENTS_TOPIC_ARN: z.string().check(z.minLength(1)) })

export const slices = {
  log: logSlice,
  table: tableSlice,
  queue: queueSlice,
  protocol: protocolSlice,
  thingSpace: thingSpaceSlice,
  listener: listenerSlice,
  callbacks: callbacksSlice,
  callbackEndpoint: callbackEndpointSlice,
  events: eventsSlice,
} as const

function read<Slice extends z.ZodMiniType>(slice: () => Slice): z.infer<Slice> {
  const parsed = slice().safeParse(process.env)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Error(`the environment differs from serverless.yml: ${faults.join('; ')}`)
}

// One reader for each slice. Functions import this file as `environment`, and bundles hold only the readers they call.
export const log = () => {
  const { LOG_LEVEL, LOG_SAMPLE_RATE, METRICS_NAMESPACE, POWERTOOLS_SERVICE_NAME } = read(logSlice)
  return {
    level: LOG_LEVEL,
    sampleRate: LOG_SAMPLE_RATE,
    namespace: METRICS_NAMESPACE,
    service: POWERTOOLS_SERVICE_NAME,
  }
}

export const table = () => {
  const { TABLE_NAME, RETAIN_DAYS } = read(tableSlice)
  return { tableName: TABLE_NAME, retainSeconds: RETAIN_DAYS * 24 * 3600 }
}

export const queue = () => ({ queueUrl: read(queueSlice).SUBMISSIONS_QUEUE_URL })

export const protocol = (): Settings => {
  const variables = read(protocolSlice)
  const { RETAIN_DAYS } = read(tableSlice)
  const each = variables.DEVICES_PER_SUBMISSION
  return {
    devicesPerSubmission: {
      local: each,
      device: each,
      consumer: each,
      global: variables.DEVICES_PER_SUBMISSION_GLOBAL,
    },
    leaseSeconds: variables.LEASE_SECONDS,
    graceSeconds: { repeatable: variables.GRACE_REPEATABLE_SECONDS, other: variables.GRACE_SECONDS },
    // Zero means that each action keeps its own deadline, because CloudFormation cannot omit a variable.
    ...(variables.RESULTS_WITHIN_SECONDS === 0 ? {} : { resultsWithinSeconds: variables.RESULTS_WITHIN_SECONDS }),
    retry: {
      firstDelaySeconds: variables.RETRY_FIRST_DELAY_SECONDS,
      capSeconds: variables.RETRY_CAP_SECONDS,
      maximumAgeSeconds: variables.RETRY_MAXIMUM_AGE_SECONDS,
    },
    workMessageGraceSeconds: variables.WORK_MESSAGE_GRACE_SECONDS,
    // Abandon undecided submissions before they expire. An order may have waited for days before it needs a decision.
    decideWithinSeconds: Math.max(RETAIN_DAYS - 5, RETAIN_DAYS / 2) * 24 * 3600,
    summariseAtOnceUpTo: variables.SUMMARISE_AT_ONCE_UP_TO,
    summariseEverySeconds: variables.SUMMARISE_EVERY_SECONDS,
    otherProfileSeconds: variables.OTHER_PROFILE_SECONDS,
    repeatUnconfirmedFor: variables.REPEAT_UNCONFIRMED_FOR,
  }
}

export const thingSpace = () => {
  const { THINGSPACE_BASE_URL, THINGSPACE_SECRET_ID, CREDENTIAL_SETS } = read(thingSpaceSlice)
  return { baseUrl: THINGSPACE_BASE_URL, secretId: THINGSPACE_SECRET_ID, credentialSets: CREDENTIAL_SETS }
}

export const listener = () => ({ secretId: read(listenerSlice).LISTENER_SECRET_ID })

export const callbacks = () => {
  const variables = read(callbacksSlice)
  return {
    requireCredentials: variables.REQUIRE_CALLBACK_CREDENTIALS,
    refuseUnlistedAddresses: variables.REFUSE_UNLISTED_ADDRESSES,
    addresses: variables.CALLBACK_ADDRESSES,
  }
}

export const callbackEndpoint = () => {
  const variables = read(callbackEndpointSlice)
  return {
    segmentSecretId: variables.CALLBACK_SEGMENT_SECRET_ID,
    publicUrl: variables.PUBLIC_URL,
    accounts: variables.LISTENER_ACCOUNTS,
    takeOver: variables.TAKE_OVER_LISTENER,
    rotateEveryDays: variables.ROTATE_LISTENER_DAYS,
  }
}

export const events = () => ({ topicArn: read(eventsSlice).EVENTS_TOPIC_ARN })
