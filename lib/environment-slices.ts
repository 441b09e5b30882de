import * as z from 'zod/mini'
import './profile/order/schema-messages.ts'

// The variables of the environment in slices, as schemas. serverless.yml gives each function the variables of its
// slices.

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
export const logSlice = () =>
  z.object({
    LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    LOG_SAMPLE_RATE: z.coerce.number().check(z.gte(0), z.lte(1)),
    METRICS_NAMESPACE: z.string().check(z.regex(/^[\w./#:-]{1,255}$/)),
    POWERTOOLS_SERVICE_NAME: z.string().check(z.minLength(1)),
  })
export const tableSlice = () => z.object({ TABLE_NAME: z.string().check(z.minLength(1)), RETAIN_DAYS: positive })
export const queueSlice = () => z.object({ SUBMISSIONS_QUEUE_URL: z.url() })
export const protocolSlice = () =>
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
export const thingSpaceSlice = () =>
  z.object({
    THINGSPACE_BASE_URL: secureUrl,
    THINGSPACE_SECRET_ID: z.string().check(z.minLength(1)),
    CREDENTIAL_SETS: jsonMap,
  })
export const listenerSlice = () => z.object({ LISTENER_SECRET_ID: z.string().check(z.minLength(1)) })
export const callbacksSlice = () =>
  z.object({
    REQUIRE_CALLBACK_CREDENTIALS: flag(),
    REFUSE_UNLISTED_ADDRESSES: flag(),
    CALLBACK_ADDRESSES: list,
  })
export const callbackEndpointSlice = () =>
  z.object({
    CALLBACK_SEGMENT_SECRET_ID: z.string().check(z.minLength(1)),
    PUBLIC_URL: z.url({ protocol: /^https?$/ }),
    LISTENER_ACCOUNTS: list,
    TAKE_OVER_LISTENER: flag(),
    ROTATE_LISTENER_DAYS: seconds,
  })
export const auditSlice = () => z.object({ AUDIT_RETAIN_DAYS: positive })
export const eventsSlice = () =>
  z.object({
    EVENTS_TOPIC_ARN: z.string().check(z.minLength(1)),
    EVENT_IDENTIFIERS: z.enum(['whole', 'masked', 'absent']),
  })
export const consoleSlice = () =>
  z.object({
    CONSOLE_ISSUER: secureUrl,
    CONSOLE_CLIENT_ID: z.string(),
    CONSOLE_SCOPES: z.string(),
    CONSOLE_ISSUER_ORIGINS: list,
    CONSOLE_PARAMETERS: jsonMap,
  })

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
  console: consoleSlice,
  audit: auditSlice,
} as const
