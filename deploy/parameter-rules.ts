import * as z from 'zod/mini'
import { slices } from '../lib/environment-slices.ts'

// What each parameter of serverless.yml may be. Most become environment variables of the same name (leaseSeconds is
// LEASE_SECONDS) and follow the schema that functions apply when they start. The others are here.

/** Type, least and most of a number. */
const number = (kind: 'whole' | 'decimal', least: number, most: number) => {
  const pattern = kind === 'whole' ? /^\d{1,9}$/ : /^\d{1,9}(\.\d{1,6})?$/
  return z.string().check(
    z.refine((text) => pattern.test(text) && Number(text) >= least && Number(text) <= most, {
      error: `must be a ${kind === 'whole' ? 'whole number' : 'number'} from ${least} to ${most}`,
    }),
  )
}
const oneOf = (...values: string[]) =>
  z.string().check(z.refine((text) => values.includes(text), `must be ${values.join(' or ')}`))
const arn = (pattern: RegExp, example: string) =>
  z.string().check(z.refine((text) => text === '' || pattern.test(text), `must be empty or an ARN such as ${example}`))

/** API Gateway's default quotas of an account. */
const rate = number('decimal', 0.01, 10_000)
const burst = number('whole', 1, 5000)

/** The host name that API Gateway gives the API, as the default of `publicHost` in serverless.yml. */
export const generatedHost = '${HttpApi}.execute-api.${AWS::Region}.amazonaws.com'

/** Schemas of the parameters that no function reads. */
const otherParameters: Readonly<Record<string, z.ZodMiniType>> = {
  jwtIssuer: z.string().check(
    z.refine((text) => {
      const { protocol, search, hash } = URL.parse(text) ?? {}
      return protocol === 'https:' && search === '' && hash === ''
    }, 'must be a URL that begins with https://, exactly as in the iss claim of the tokens'),
  ),
  jwtAudience: z.string().check(z.regex(/^\S{1,512}$/, 'must be the audience of the tokens, without spaces')),
  corsOrigins: z
    .string()
    .check(
      z.regex(
        /^$|^https?:\/\/[\w.-]+(:\d+)?(,https?:\/\/[\w.-]+(:\d+)?)*$/,
        'must be empty or origins such as https://console.example.com, separated by commas. * is refused, because a page of any site could then use a token that it got hold of',
      ),
    ),
  submitRate: rate,
  submitBurst: burst,
  callRate: rate,
  callBurst: burst,
  callbackRate: rate,
  callbackBurst: burst,
  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
  callbacksBatchSize: number('whole', 1, 10_000),
  callbacksWindowSeconds: number('whole', 0, 300),
  changesWindowSeconds: number('whole', 0, 300),
  changesAtOnce: number('whole', 1, 10),
  // https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html
  singleConcurrency: number('whole', 2, 1000),
  bulkConcurrency: number('whole', 2, 1000),
  eventConsumerAccounts: z
    .string()
    .check(z.regex(/^$|^\d{12}(,\d{12})*$/, 'must be account numbers of 12 digits, separated by commas')),
  submitConcurrency: number('whole', 0, 100_000),
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
  logRetentionDays: oneOf(
    ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653].map(
      String,
    ),
  ),
  tracing: oneOf('Active', 'PassThrough'),
  alarmTopicArn: arn(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+$/, 'arn:aws:sns:us-east-1:123456789012:on-call'),
  kmsKeyArn: arn(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'arn:aws:kms:us-east-1:123456789012:key/…'),
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
  existingTableName: z
    .string()
    .check(
      z.regex(/^$|^[\w.-]{3,255}$/, 'must be empty or the name of a table, of 3 to 255 letters, digits, _, - and .'),
    ),
  existingTableStreamArn: arn(
    /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]{3,255}\/stream\/[\d:T.-]+$/,
    'arn:aws:dynamodb:us-east-1:123456789012:table/restored/stream/2026-11-29T10:00:00.000',
  ),
  deletionProtection: oneOf('true', 'false'),
  publicHost: z
    .string()
    .check(
      z.refine(
        (text) => text === generatedHost || /^(?=.{4,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/.test(text),
        'must be a host name in lower case, such as esim.example.com, without https:// and without a slash',
      ),
    ),
  certificateArn: arn(
    /^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/,
    'arn:aws:acm:us-east-1:123456789012:certificate/…',
  ),
}

/** The environment variable of a parameter. ThingSpace is one word in variables. */
export const variableOf = (parameter: string): string =>
  parameter
    .replace('thingSpace', 'thingspace')
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()

/** The parameter of an environment variable. */
export const parameterOf = (variable: string): string =>
  variable.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const variableSchemas: Readonly<Record<string, z.ZodMiniType>> = Object.fromEntries(
  Object.values(slices).flatMap((slice) => Object.entries(slice().shape)),
)

/** The schema of a parameter's value as text. `undefined`: there is no such parameter. */
export const schemaOf = (parameter: string): z.ZodMiniType | undefined =>
  otherParameters[parameter] ?? variableSchemas[variableOf(parameter)]
