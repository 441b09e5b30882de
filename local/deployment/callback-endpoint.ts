import * as z from 'zod'
import { Intrinsic, RefTo } from './intrinsic.ts'

const withoutEffect = z.unknown().optional()
const OwnApi = RefTo.refine((id) => id === 'HttpApi', 'must be !Ref HttpApi')

const Attributes = z.record(z.string(), z.strictObject({ DataType: z.literal('String'), StringValue: z.string() }))

/** The mapping of message attributes. CloudFormation expects it as a JSON string. */
const AttributesText = z
  .string()
  .transform((text, context) => {
    try {
      const parsed: unknown = JSON.parse(text)
      return parsed
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' })
      return z.NEVER
    }
  })
  .pipe(Attributes)

/** An integration with which API Gateway sends the request body to a queue directly. */
export const CallbackIntegration = z.strictObject({
  ApiId: OwnApi,
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationSubtype: z.literal('SQS-SendMessage'),
  PayloadFormatVersion: z.literal('1.0'),
  CredentialsArn: withoutEffect,
  Description: withoutEffect,
  TimeoutInMillis: withoutEffect,
  RequestParameters: z.strictObject({
    QueueUrl: RefTo,
    MessageBody: z.literal('$request.body'),
    MessageAttributes: AttributesText.default({}),
  }),
})
export type CallbackIntegration = z.infer<typeof CallbackIntegration>

const Target = z.instanceof(Intrinsic).transform((target, context) => {
  const id = /^integrations\/\$\{(\w+)\}$/.exec(target.text)?.[1]
  if (target.name === 'Sub' && id !== undefined) return id
  context.addIssue({ code: 'custom', message: 'must be !Sub integrations/${Integration}' })
  return z.NEVER
})

/** The route to such an integration. Its key may contain a secret as `{{resolve:secretsmanager:...}}`. */
export const CallbackRoute = z.strictObject({
  ApiId: OwnApi,
  RouteKey: z.union([z.string(), z.instanceof(Intrinsic)]),
  Target,
})
export type CallbackRoute = z.infer<typeof CallbackRoute>
