import * as z from 'zod'
import { tokenShapeNames, tokenShapes } from './issuer/token-shapes.ts'
import { StartError } from './start-error.ts'

const whole = z.string().regex(/^\d+$/, 'must be a whole number').transform(Number)
const port = whole.pipe(z.number().max(65_535))
const seconds = whole.pipe(z.number().max(86_400))
const positive = (maximum = 1_000_000) => whole.pipe(z.number().min(1).max(maximum))
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''))
const flag = z.stringbool({ truthy: ['true', '1', 'yes'], falsy: ['false', '0', 'no', ''] })
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)

/** The settings of the local stack, as environment variables. local/README.md documents each of them. */
const Environment = z.object({
  LOCAL_PORT: port.default(3000),
  LOCAL_ISSUER_PORT: port.default(3001),
  LOCAL_SIMULATOR_PORT: port.default(9080),
  LOCAL_SIMULATOR_CONTROL_PORT: port.default(9081),
  LOCAL_VERBOSE: flag.default(false),
  LOCAL_FUNCTION_LOG: z.string().min(1).default('.local/functions.log'),
  LOCAL_CONNECTION_FILE: z.string().min(1).default('.local/stack.json'),
  LOCAL_LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),

  LOCAL_DATA: z.string().min(1).optional(),
  LOCAL_DYNAMODB_ENDPOINT: url.optional(),
  LOCAL_DYNAMODB_ENGINE: z.string().default('auto'),

  LOCAL_ACCOUNTS: list.default(['0000123456-00001']),
  LOCAL_UNSERVED_ACCOUNTS: z.enum(['refuse', 'accept']).default('refuse'),
  LOCAL_PUBLIC_URL: url.optional(),
  LOCAL_CALLBACK_SEGMENT: z
    .string()
    .regex(/^[\w-]+$/, 'must be letters, digits, - and _')
    .default('local-callback-segment'),
  LOCAL_CALLBACK_USERNAME: z.string().min(1).default('profile-gateway'),
  LOCAL_CALLBACK_PASSWORD: z.string().min(1).default('local-callback-password'),
  LOCAL_REQUIRE_CALLBACK_CREDENTIALS: flag.default(false),
  LOCAL_CALLBACK_ADDRESSES: list.default(['127.0.0.1', '::1']),
  LOCAL_REFUSE_UNLISTED_ADDRESSES: flag.default(false),

  LOCAL_CORS_ORIGINS: list.default([]),
  LOCAL_TOKENS_LIKE: z.enum(tokenShapeNames).default('plain'),

  LOCAL_THINGSPACE_BASE_URL: url.optional(),
  LOCAL_THINGSPACE_OAUTH_KEY: z.string().min(1).optional(),
  LOCAL_THINGSPACE_OAUTH_SECRET: z.string().min(1).optional(),
  LOCAL_THINGSPACE_USERNAME: z.string().min(1).optional(),
  LOCAL_THINGSPACE_PASSWORD: z.string().min(1).optional(),

  LOCAL_DEVICES_PER_SUBMISSION: positive(10_000).default(100),
  LOCAL_DEVICES_PER_SUBMISSION_GLOBAL: positive(10_000).default(1000),
  // May be shorter than the time-out of the functions that hold a lease, unlike in a deployment (lambda/short-lease.ts).
  LOCAL_LEASE_SECONDS: whole.pipe(z.number().min(2).max(269)).default(60),
  LOCAL_GRACE_REPEATABLE_SECONDS: seconds.default(3),
  LOCAL_GRACE_SECONDS: seconds.default(6),
  LOCAL_RESULTS_WITHIN_SECONDS: seconds.default(0),
  LOCAL_RETRY_FIRST_DELAY_SECONDS: positive().default(1),
  LOCAL_RETRY_CAP_SECONDS: positive(900).default(10),
  LOCAL_RETRY_MAXIMUM_AGE_SECONDS: positive().default(86_400),
  LOCAL_CALLS_PER_MINUTE: whole.pipe(z.number().max(3000)).default(0),
  LOCAL_WORK_MESSAGE_GRACE_SECONDS: seconds.default(5),
  LOCAL_SUMMARISE_AT_ONCE_UP_TO: positive(1000).default(100),
  LOCAL_SUMMARISE_EVERY_SECONDS: positive().default(2),
  LOCAL_OTHER_PROFILE_SECONDS: seconds.default(3),
  LOCAL_REPEAT_UNCONFIRMED_FOR: list.default([]),
  LOCAL_SWEEP_EVERY_SECONDS: positive().default(2),
  LOCAL_KEEP_LISTENER_EVERY_SECONDS: positive().default(3600),
})
type Environment = z.infer<typeof Environment>

export type ThingSpaceAccess = {
  baseUrl: string
  oauthKey: string
  oauthSecret: string
  username: string
  password: string
}

/** The settings of the local stack, grouped by the part that uses them. */
export type Settings = ReturnType<typeof settingsFrom>

const settingsFrom = (environment: Environment) => ({
  ports: {
    api: environment.LOCAL_PORT,
    issuer: environment.LOCAL_ISSUER_PORT,
    simulator: environment.LOCAL_SIMULATOR_PORT,
    simulatorControl: environment.LOCAL_SIMULATOR_CONTROL_PORT,
  },
  verbose: environment.LOCAL_VERBOSE,
  functionLog: environment.LOCAL_FUNCTION_LOG,
  connectionFile: environment.LOCAL_CONNECTION_FILE,
  /** The folder that keeps the data of the stack across restarts. `undefined`: data is lost when the stack stops. */
  data: environment.LOCAL_DATA,
  dynamoDb: { endpoint: environment.LOCAL_DYNAMODB_ENDPOINT, preferred: environment.LOCAL_DYNAMODB_ENGINE },
  accounts: environment.LOCAL_ACCOUNTS,
  publicUrl: environment.LOCAL_PUBLIC_URL,
  callbacks: {
    segment: environment.LOCAL_CALLBACK_SEGMENT,
    username: environment.LOCAL_CALLBACK_USERNAME,
    password: environment.LOCAL_CALLBACK_PASSWORD,
  },
  /** The issuer whose tokens the local issuer imitates. */
  tokenShape: environment.LOCAL_TOKENS_LIKE,
  /** Access to an external ThingSpace. `undefined`: the simulator. */
  thingSpace: thingSpaceFrom(environment),
  /** Rates that replace those of serverless.yml, by function. */
  scheduleSeconds: {
    'sweep-due': environment.LOCAL_SWEEP_EVERY_SECONDS,
    'keep-listener': environment.LOCAL_KEEP_LISTENER_EVERY_SECONDS,
  },
  /** Parameters of serverless.yml that the local stack overrides. */
  params: {
    consoleClientId: 'console',
    listenerAccounts: environment.LOCAL_ACCOUNTS.join(','),
    unservedAccounts: environment.LOCAL_UNSERVED_ACCOUNTS,
    devicesPerSubmission: String(environment.LOCAL_DEVICES_PER_SUBMISSION),
    devicesPerSubmissionGlobal: String(environment.LOCAL_DEVICES_PER_SUBMISSION_GLOBAL),
    leaseSeconds: String(environment.LOCAL_LEASE_SECONDS),
    graceRepeatableSeconds: String(environment.LOCAL_GRACE_REPEATABLE_SECONDS),
    graceSeconds: String(environment.LOCAL_GRACE_SECONDS),
    resultsWithinSeconds: String(environment.LOCAL_RESULTS_WITHIN_SECONDS),
    retryFirstDelaySeconds: String(environment.LOCAL_RETRY_FIRST_DELAY_SECONDS),
    retryCapSeconds: String(environment.LOCAL_RETRY_CAP_SECONDS),
    retryMaximumAgeSeconds: String(environment.LOCAL_RETRY_MAXIMUM_AGE_SECONDS),
    callsPerMinute: String(environment.LOCAL_CALLS_PER_MINUTE),
    workMessageGraceSeconds: String(environment.LOCAL_WORK_MESSAGE_GRACE_SECONDS),
    summariseAtOnceUpTo: String(environment.LOCAL_SUMMARISE_AT_ONCE_UP_TO),
    summariseEverySeconds: String(environment.LOCAL_SUMMARISE_EVERY_SECONDS),
    otherProfileSeconds: String(environment.LOCAL_OTHER_PROFILE_SECONDS),
    repeatUnconfirmedFor: environment.LOCAL_REPEAT_UNCONFIRMED_FOR.join(','),
    requireCallbackCredentials: String(environment.LOCAL_REQUIRE_CALLBACK_CREDENTIALS),
    refuseUnlistedAddresses: String(environment.LOCAL_REFUSE_UNLISTED_ADDRESSES),
    callbackAddresses: environment.LOCAL_CALLBACK_ADDRESSES.join(','),
    logLevel: environment.LOCAL_LOG_LEVEL,
    // The local stack always has a table of its own.
    existingTableName: '',
    existingTableStreamArn: '',
    corsOrigins: environment.LOCAL_CORS_ORIGINS.join(','),
    ...tokenShapes[environment.LOCAL_TOKENS_LIKE].params,
  } satisfies Record<string, string>,
})

function thingSpaceFrom(environment: Environment): ThingSpaceAccess | undefined {
  const { LOCAL_THINGSPACE_BASE_URL: baseUrl } = environment
  if (baseUrl === undefined) return undefined
  const required = (name: `LOCAL_THINGSPACE_${'OAUTH_KEY' | 'OAUTH_SECRET' | 'USERNAME' | 'PASSWORD'}`) => {
    const value = environment[name]
    if (value === undefined) throw new StartError(`LOCAL_THINGSPACE_BASE_URL is set, so ${name} must be set too.`)
    return value
  }
  return {
    baseUrl,
    oauthKey: required('LOCAL_THINGSPACE_OAUTH_KEY'),
    oauthSecret: required('LOCAL_THINGSPACE_OAUTH_SECRET'),
    username: required('LOCAL_THINGSPACE_USERNAME'),
    password: required('LOCAL_THINGSPACE_PASSWORD'),
  }
}

/** The names of all settings. A test compares them with local/README.md. */
export const variableNames: readonly string[] = Object.keys(Environment.shape)

/** Reads the settings from environment variables. Throws `StartError` that names each invalid variable. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const parsed = Environment.safeParse(environment)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0])
      return `${name} is "${environment[name]}": ${message}`
    })
    throw new StartError(`${faults.join('; ')}.`)
  }
  return settingsFrom(parsed.data)
}

/** The variables that start with `LOCAL_` but are not settings, so they are probably misspelt. */
export const unknownVariables = (environment: Readonly<Record<string, string | undefined>>): string[] =>
  Object.keys(environment).filter((name) => name.startsWith('LOCAL_') && !variableNames.includes(name))
