import * as z from 'zod'

const withoutEffect = z.unknown().optional()

const Authorizer = z.strictObject({
  type: z.literal('jwt'),
  identitySource: z.literal('$request.header.Authorization'),
  issuerUrl: z.string(),
  audience: z.array(z.string()).or(z.string().transform((one) => [one])),
})
export type Authorizer = z.infer<typeof Authorizer>

/**
 * The `provider` section. Settings without a local effect are listed too, so that an unknown setting is an error and not
 * silently ignored.
 */
export const Provider = z.strictObject({
  name: z.literal('aws'),
  region: z.string(),
  stage: z.string(),
  memorySize: z.number().default(1024),
  timeout: z.number().default(6),
  httpApi: z.strictObject({
    payload: z.literal('2.0'),
    authorizers: z.record(z.string(), Authorizer).default({}),
    metrics: withoutEffect,
    disableDefaultEndpoint: withoutEffect,
  }),
  runtime: withoutEffect,
  architecture: withoutEffect,
  logRetentionInDays: withoutEffect,
  logs: withoutEffect,
  tracing: withoutEffect,
  tags: withoutEffect,
  stackTags: withoutEffect,
  versionFunctions: withoutEffect,
  deploymentBucket: withoutEffect,
  deploymentMethod: withoutEffect,
})
