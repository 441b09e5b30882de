import type * as z from 'zod/mini'
import {
  accessSlice,
  auditSlice,
  callLimitSlice,
  callbackEndpointSlice,
  callbacksSlice,
  consoleSlice,
  deadLettersSlice,
  eventsSlice,
  listenerChecksSlice,
  listenerSlice,
  logSlice,
  protocolSlice,
  queueSlice,
  servedAccountsSlice,
  tableSlice,
  thingSpaceSlice,
} from './environment-slices.ts'
import type { AccessRules } from './http/access/scopes.ts'
import type { Settings } from './profile/request/settings.ts'
import { brokenRelations } from './setting-relations.ts'

// The only reader of process.env. A function parses the slices that it needs when it starts. A missing or malformed
// variable therefore fails the first invocation after a deployment, with its name. A test compares the slices of each
// function with its variables in serverless.yml.

function read<Slice extends z.ZodMiniType>(slice: () => Slice): z.infer<Slice> {
  const parsed = slice().safeParse(process.env)
  if (parsed.success) return parsed.data
  return refuse(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`))
}

function refuse(faults: readonly string[]): never {
  throw new Error(`the environment differs from serverless.yml: ${faults.join('; ')}`)
}

// One reader for each slice. Functions import this file as `environment`, and bundles hold only the readers they call.

/** Level, sample rate and names of the log and the metrics. */
export const log = () => {
  const { LOG_LEVEL, LOG_SAMPLE_RATE, METRICS_NAMESPACE, POWERTOOLS_SERVICE_NAME } = read(logSlice)
  return {
    level: LOG_LEVEL,
    sampleRate: LOG_SAMPLE_RATE,
    namespace: METRICS_NAMESPACE,
    service: POWERTOOLS_SERVICE_NAME,
  }
}

/** How tokens are read: names of scopes, the claims that hold them, and the accounts claim. */
export const access = (): AccessRules => {
  const variables = read(accessSlice)
  return {
    scopeNames: {
      'profiles:read': variables.SCOPE_READ,
      'profiles:write': variables.SCOPE_WRITE,
      'profiles:manage': variables.SCOPE_MANAGE,
      'profiles:operate': variables.SCOPE_OPERATE,
    },
    scopeClaims: variables.SCOPE_CLAIMS,
    accountsClaim: variables.ACCOUNTS_CLAIM,
    accountsPrefix: variables.ACCOUNTS_PREFIX,
    requireAccountsClaim: variables.REQUIRE_ACCOUNTS_CLAIM,
  }
}

/** The table's name and the retention in seconds. */
export const table = () => {
  const { TABLE_NAME, RETAIN_DAYS } = read(tableSlice)
  return { tableName: TABLE_NAME, retainSeconds: RETAIN_DAYS * 24 * 3600 }
}

/** The submissions queues by lane. */
export const queue = () => {
  const { SUBMISSIONS_QUEUE_URL: single, BULK_SUBMISSIONS_QUEUE_URL: bulk } = read(queueSlice)
  return { queueUrls: { single, bulk } }
}

/** The dead-letter queues by kind, and the queue of callbacks. */
export const deadLetters = () => {
  const variables = read(deadLettersSlice)
  return {
    submissions: { deadUrl: variables.SUBMISSIONS_DEAD_LETTERS_URL },
    callbacks: { deadUrl: variables.CALLBACKS_DEAD_LETTERS_URL, sourceUrl: variables.CALLBACKS_QUEUE_URL },
    changes: { deadUrl: variables.CHANGES_DEAD_LETTERS_URL },
  }
}

/** The queue that runs keep-listener at once. */
export const listenerChecks = () => ({ queueUrl: read(listenerChecksSlice).LISTENER_CHECKS_QUEUE_URL })

/** The settings of the domain (lib/profile/request/settings.ts). Throws if they contradict each other. */
export const protocol = (): Settings => {
  const variables = read(protocolSlice)
  const { RETAIN_DAYS } = read(tableSlice)
  const broken = brokenRelations({ ...variables, RETAIN_DAYS })
  if (broken.length > 0) refuse(broken.map(({ name, message }) => `${name}: ${message}`))
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
    postsAtOnce: variables.POSTS_AT_ONCE,
    callsPerMinute: variables.CALLS_PER_MINUTE,
    workMessageGraceSeconds: variables.WORK_MESSAGE_GRACE_SECONDS,
    // Abandon undecided submissions before they expire. An order may have waited for days before it needs a decision.
    decideWithinSeconds: Math.max(RETAIN_DAYS - 5, RETAIN_DAYS / 2) * 24 * 3600,
    summariseAtOnceUpTo: variables.SUMMARISE_AT_ONCE_UP_TO,
    summariseEverySeconds: variables.SUMMARISE_EVERY_SECONDS,
    otherProfileSeconds: variables.OTHER_PROFILE_SECONDS,
    repeatUnconfirmedFor: variables.REPEAT_UNCONFIRMED_FOR,
    ...(variables.RESTORED_AT === undefined ? {} : { restoredAt: variables.RESTORED_AT }),
  }
}

/** The largest number of calls at once with one credential set. */
export const callLimit = () => ({ postsAtOnce: read(callLimitSlice).POSTS_AT_ONCE })

/** ThingSpace's base URL, its secret, and the credential set of each account. */
export const thingSpace = () => {
  const { THINGSPACE_BASE_URL, THINGSPACE_SECRET_ID, CREDENTIAL_SETS } = read(thingSpaceSlice)
  return { baseUrl: THINGSPACE_BASE_URL, secretId: THINGSPACE_SECRET_ID, credentialSets: CREDENTIAL_SETS }
}

/** The secret with the listener's user name and passwords. */
export const listener = () => ({ secretId: read(listenerSlice).LISTENER_SECRET_ID })

/** How callbacks are checked. */
export const callbacks = () => {
  const variables = read(callbacksSlice)
  return {
    requireCredentials: variables.REQUIRE_CALLBACK_CREDENTIALS,
    refuseUnlistedAddresses: variables.REFUSE_UNLISTED_ADDRESSES,
    addresses: variables.CALLBACK_ADDRESSES,
  }
}

/** The accounts whose callbacks this deployment receives, and what happens to orders for others. */
export const servedAccounts = () => {
  const { LISTENER_ACCOUNTS, UNSERVED_ACCOUNTS } = read(servedAccountsSlice)
  return { accounts: LISTENER_ACCOUNTS, unserved: UNSERVED_ACCOUNTS }
}

/** What keep-listener registers at ThingSpace. */
export const callbackEndpoint = () => {
  const variables = read(callbackEndpointSlice)
  return {
    segmentSecretId: variables.CALLBACK_SEGMENT_SECRET_ID,
    publicUrl: variables.PUBLIC_URL,
    takeOver: variables.TAKE_OVER_LISTENER,
    rotateEveryDays: variables.ROTATE_LISTENER_DAYS,
  }
}

/** The events topic, and how events show the identifiers of devices. */
export const events = () => {
  const { EVENTS_TOPIC_ARN, EVENT_IDENTIFIERS } = read(eventsSlice)
  return { topicArn: EVENTS_TOPIC_ARN, identifiers: EVENT_IDENTIFIERS }
}

/** How the console signs in. */
export const console = () => {
  const variables = read(consoleSlice)
  return {
    issuer: variables.CONSOLE_ISSUER,
    clientId: variables.CONSOLE_CLIENT_ID,
    scopes: variables.CONSOLE_SCOPES,
    issuerOrigins: variables.CONSOLE_ISSUER_ORIGINS,
    parameters: variables.CONSOLE_PARAMETERS,
  }
}

/** The retention of the audit, in seconds. */
export const audit = () => ({ retainSeconds: read(auditSlice).AUDIT_RETAIN_DAYS * 24 * 3600 })
