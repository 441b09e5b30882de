import { isIP } from 'node:net'
import * as z from 'zod/mini'
import {
  timeOrNone,
  whole,
  daySeconds,
  list,
  flag,
  secureUrl,
  jsonMap,
  scopeNames,
  claimNames,
} from './environment-values.ts'

// The variables of the environment in slices, as schemas. serverless.yml gives each function the variables of its
// slices.

/** Slices are functions, so that a cold start builds only the schemas that it reads. */
export const logSlice = () =>
  z.object({
    LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    LOG_SAMPLE_RATE: z.pipe(
      z.string().check(z.regex(/^(0|1|0?\.\d{1,6}|1\.0+)$/, 'must be a number from 0 to 1, such as 0.05')),
      z.transform(Number),
    ),
    METRICS_NAMESPACE: z.string().check(z.regex(/^[\w./#:-]{1,255}$/)),
    POWERTOOLS_SERVICE_NAME: z.string().check(z.minLength(1)),
  })
export const accessSlice = () =>
  z
    .object({
      SCOPE_READ: scopeNames,
      SCOPE_WRITE: scopeNames,
      SCOPE_MANAGE: scopeNames,
      SCOPE_OPERATE: scopeNames,
      SCOPE_CLAIMS: claimNames,
      ACCOUNTS_CLAIM: z.string().check(z.minLength(1)),
      ACCOUNTS_PREFIX: z.string(),
      REQUIRE_ACCOUNTS_CLAIM: flag(),
    })
    .check(
      z.refine(
        ({ SCOPE_READ, SCOPE_WRITE, SCOPE_MANAGE, SCOPE_OPERATE }) => {
          const names = [...SCOPE_READ, ...SCOPE_WRITE, ...SCOPE_MANAGE, ...SCOPE_OPERATE]
          return new Set(names).size === names.length
        },
        { error: 'no name may belong to two scopes', path: ['SCOPE_READ'] },
      ),
    )
export const tableSlice = () => z.object({ TABLE_NAME: z.string().check(z.minLength(1)), RETAIN_DAYS: whole(1, 3650) })
export const queueSlice = () => z.object({ SUBMISSIONS_QUEUE_URL: z.url(), BULK_SUBMISSIONS_QUEUE_URL: z.url() })
/** The dead-letter queues, and the queue of callbacks. */
export const deadLettersSlice = () =>
  z.object({
    SUBMISSIONS_DEAD_LETTERS_URL: z.url(),
    CALLBACKS_DEAD_LETTERS_URL: z.url(),
    CHANGES_DEAD_LETTERS_URL: z.url(),
    CALLBACKS_QUEUE_URL: z.url(),
  })
/** The queue that runs keep-listener at once. */
export const listenerChecksSlice = () => z.object({ LISTENER_CHECKS_QUEUE_URL: z.url() })
export const protocolSlice = () =>
  z.object({
    DEVICES_PER_SUBMISSION: whole(1, 10_000),
    DEVICES_PER_SUBMISSION_GLOBAL: whole(1, 10_000),
    ATTEMPT_TIMEOUT_SECONDS: whole(1, 900),
    // Shorter than the visibility time-out of the submissions queue (deploy/storage.yml).
    LEASE_SECONDS: whole(1, 269),
    GRACE_REPEATABLE_SECONDS: whole(0, daySeconds),
    GRACE_SECONDS: whole(0, daySeconds),
    RESULTS_WITHIN_SECONDS: whole(0, 30 * daySeconds),
    // SQS delays a message by 900 s at most.
    RETRY_FIRST_DELAY_SECONDS: whole(1, 900),
    RETRY_CAP_SECONDS: whole(1, 900),
    // A submission that awaits a decision is abandoned five days before it expires.
    RETRY_MAXIMUM_AGE_SECONDS: whole(1, 5 * daySeconds),
    // Two at least, because a limit of one is what all failing calls lead to.
    POSTS_AT_ONCE: whole(2, 100),
    // Each turn is a write of one item, and writes at the same moment are repeated.
    CALLS_PER_MINUTE: whole(0, 3_000),
    WORK_MESSAGE_GRACE_SECONDS: whole(0, 3600),
    SUMMARISE_AT_ONCE_UP_TO: whole(1, 1000),
    SUMMARISE_EVERY_SECONDS: whole(1, 3600),
    OTHER_PROFILE_SECONDS: whole(0, daySeconds),
    REPEAT_UNCONFIRMED_FOR: list,
    RESTORED_AT: timeOrNone,
  })
/** The largest number of calls at once, for a function that needs nothing else of the protocol. */
export const callLimitSlice = () => z.pick(protocolSlice(), { POSTS_AT_ONCE: true })
export const thingSpaceSlice = () =>
  z.object({
    THINGSPACE_BASE_URL: secureUrl.check(
      z.refine((text) => !text.endsWith('/'), { error: 'must have no slash at its end' }),
    ),
    THINGSPACE_SECRET_ID: z.string().check(z.minLength(1)),
    CREDENTIAL_SETS: jsonMap,
  })
export const listenerSlice = () => z.object({ LISTENER_SECRET_ID: z.string().check(z.minLength(1)) })
export const callbacksSlice = () =>
  z
    .object({
      REQUIRE_CALLBACK_CREDENTIALS: flag(),
      REFUSE_UNLISTED_ADDRESSES: flag(),
      CALLBACK_ADDRESSES: list.check(
        z.refine((addresses) => addresses.every((address) => isIP(address) !== 0), {
          error: 'must be IP addresses, separated by commas, such as 192.0.2.1,192.0.2.2',
        }),
      ),
    })
    .check(
      z.refine((callbacks) => !callbacks.REFUSE_UNLISTED_ADDRESSES || callbacks.CALLBACK_ADDRESSES.length > 0, {
        path: ['REFUSE_UNLISTED_ADDRESSES'],
        error: 'must be false while no callback address is listed: without a list, no address is checked',
      }),
    )
export const servedAccountsSlice = () =>
  z.object({ LISTENER_ACCOUNTS: list, UNSERVED_ACCOUNTS: z.enum(['refuse', 'accept']) })
export const callbackEndpointSlice = () =>
  z.object({
    CALLBACK_SEGMENT_SECRET_ID: z.string().check(z.minLength(1)),
    PUBLIC_URL: z.url({ protocol: /^https?$/ }),
    TAKE_OVER_LISTENER: flag(),
    ROTATE_LISTENER_DAYS: whole(0, 3650),
  })
export const auditSlice = () => z.object({ AUDIT_RETAIN_DAYS: whole(1, 3650) })
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
  access: accessSlice,
  table: tableSlice,
  queue: queueSlice,
  deadLetters: deadLettersSlice,
  listenerChecks: listenerChecksSlice,
  protocol: protocolSlice,
  callLimit: callLimitSlice,
  thingSpace: thingSpaceSlice,
  listener: listenerSlice,
  callbacks: callbacksSlice,
  servedAccounts: servedAccountsSlice,
  callbackEndpoint: callbackEndpointSlice,
  events: eventsSlice,
  console: consoleSlice,
  audit: auditSlice,
} as const
