import * as z from 'zod'
import { FunctionEvent } from './events.ts'
import { Text } from './intrinsic.ts'

const withoutEffect = z.unknown().optional()

/** A handler such as `functions/query-requests.handler`: module path without extension, and the name of the export. */
const Handler = z.string().transform((text, context) => {
  const [, module, exported] = /^(.+)\.(\w+)$/.exec(text) ?? []
  if (module !== undefined && exported !== undefined) return { module, exported }
  context.addIssue({ code: 'custom', message: 'must be path/of/the/module.export' })
  return z.NEVER
})

/** One entry of `functions`, with its triggers sorted by kind. */
export const LambdaFunction = z
  .strictObject({
    handler: Handler,
    timeout: z.number().optional(),
    memorySize: z.number().optional(),
    environment: z.record(z.string(), Text).default({}),
    events: z.array(FunctionEvent).default([]),
    role: withoutEffect,
    description: withoutEffect,
    logRetentionInDays: withoutEffect,
    reservedConcurrency: withoutEffect,
    tracing: withoutEffect,
    tags: withoutEffect,
    package: withoutEffect,
  })
  .transform(({ handler, timeout, memorySize, environment, events }) => ({
    handler,
    timeout,
    memorySize,
    environment,
    routes: events.flatMap(({ httpApi }) => httpApi ?? []),
    queues: events.flatMap(({ sqs }) => sqs ?? []),
    streams: events.flatMap(({ stream }) => stream ?? []),
    schedules: events.flatMap(({ schedule }) => schedule ?? []),
  }))
