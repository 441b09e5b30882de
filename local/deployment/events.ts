import * as z from 'zod'
import { ArnOf, StreamArnOf } from './intrinsic.ts'

const withoutEffect = z.unknown().optional()

/** An HTTP API route: method, path such as `/v1/requests/{requestId}`, and authorizer. */
const HttpApi = z.strictObject({
  method: z.string().regex(/^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|\*)$/, 'must be a method in capitals or *'),
  path: z.string().regex(/^(\/[\w.~-]+|\/\{\w+\+?\})*\/?$/, 'must be a path of words and {parameters}'),
  authorizer: z.strictObject({ name: z.string(), scopes: z.array(z.string()).default([]) }).optional(),
})

/** A parameter of the command line is a text, also where a number is meant. */
const whole = (minimum: number, maximum: number) =>
  z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.int().min(minimum).max(maximum))

const Sqs = z
  .strictObject({
    arn: ArnOf,
    batchSize: whole(1, 10_000).default(10),
    maximumBatchingWindow: whole(0, 300).default(0),
    maximumConcurrency: whole(2, 1000).default(10),
    functionResponseType: z.literal('ReportBatchItemFailures').optional(),
  })
  .refine(
    ({ batchSize, maximumBatchingWindow }) => batchSize <= 10 || maximumBatchingWindow >= 1,
    'needs a maximumBatchingWindow of at least 1 for a batchSize above 10',
  )

const Stream = z.strictObject({
  type: z.literal('dynamodb'),
  arn: StreamArnOf,
  startingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  batchSize: z.int().min(1).max(10_000).default(100),
  batchWindow: whole(0, 300).default(0),
  parallelizationFactor: z.int().min(1).max(10).default(1),
  bisectBatchOnFunctionError: z.boolean().default(false),
  maximumRetryAttempts: z.int().min(-1).max(10_000).default(-1),
  maximumRecordAgeInSeconds: withoutEffect,
  functionResponseType: z.literal('ReportBatchItemFailures').optional(),
  destinations: z.strictObject({ onFailure: z.strictObject({ type: z.literal('sqs'), arn: ArnOf }) }).optional(),
  filterPatterns: z.array(z.record(z.string(), z.unknown())).default([]),
})

const secondsIn = { minute: 60, hour: 3600, day: 86_400 } as const

const Rate = z.string().transform((text, context) => {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(text) ?? []
  if (count !== undefined && (unit === 'minute' || unit === 'hour' || unit === 'day')) {
    return { everySeconds: Number(count) * secondsIn[unit] }
  }
  context.addIssue({ code: 'custom', message: `"${text}" is not supported locally: use rate(...)` })
  return z.NEVER
})

const Schedule = z
  .preprocess((written) => (typeof written === 'string' ? { rate: written } : written), z.strictObject({ rate: Rate }))
  .transform(({ rate }) => rate)

/** One trigger of a function. Only the kinds that the local stack can run are allowed. */
export const FunctionEvent = z
  .strictObject({
    httpApi: HttpApi.optional(),
    sqs: Sqs.optional(),
    stream: Stream.optional(),
    schedule: Schedule.optional(),
  })
  .refine((event) => Object.values(event).filter((each) => each !== undefined).length === 1, 'must be one trigger')

export type SqsEvent = z.infer<typeof Sqs>
export type StreamEvent = z.infer<typeof Stream>
