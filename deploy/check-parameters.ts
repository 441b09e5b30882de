import * as z from 'zod'
import { faultsOf } from './parameter-faults.ts'

// A plugin of the Serverless Framework. It stops `package`, `deploy` and `deploy function` before anything is built if a
// parameter is unknown, wrong, or contradicts another.

const Parameters = z.record(z.string(), z.unknown())

/** What the plugin reads of the framework, after the framework has resolved its variables. */
const Framework = z.object({
  configurationInput: z.object({
    params: z.record(z.string(), z.nullish(Parameters)).default({}),
    custom: z.object({
      environment: z.object({ protocol: z.object({ ATTEMPT_TIMEOUT_SECONDS: z.number() }) }),
    }),
    provider: z.object({ stage: z.string().default('dev'), region: z.string().default('us-east-1') }),
  }),
  processedInput: z.object({
    options: z.object({
      param: z.nullish(z.array(z.string())),
      stage: z.nullish(z.string()),
      region: z.nullish(z.string()),
    }),
  }),
})

/** The framework prints only the message of an error with this name. */
class UserError extends Error {
  override readonly name = 'ServerlessError'
  readonly code = 'WRONG_PARAMETERS'
}

/** Throws if a parameter is wrong. The order of precedence is the framework's: command line, stage, default. */
function check(serverless: unknown): void {
  const { configurationInput, processedInput } = Framework.parse(serverless)
  const { options } = processedInput
  const { params, provider, custom } = configurationInput
  const { ATTEMPT_TIMEOUT_SECONDS: attemptTimeoutSeconds } = custom.environment.protocol
  const region = options.region ?? provider.region
  const given = {
    ...params[options.stage ?? provider.stage],
    ...Object.fromEntries((options.param ?? []).map((text) => split(text))),
  }
  const faults = faultsOf({ defaults: params['default'] ?? {}, given, region, attemptTimeoutSeconds })
  if (faults.length === 0) return
  const lines = faults.map((fault) => `- ${fault}`)
  throw new UserError(`Parameters of serverless.yml are wrong. docs/deploying.md lists them all.\n${lines.join('\n')}`)
}

const split = (text: string): [string, string] => {
  const at = text.indexOf('=')
  return [text.slice(0, at), text.slice(at + 1).trimEnd()]
}

/** The plugin. The framework constructs it and calls its hooks. */
export default class CheckParameters {
  readonly hooks: Readonly<Record<string, () => void>>

  constructor(serverless: unknown) {
    const hook = () => check(serverless)
    this.hooks = { 'before:package:initialize': hook, 'before:deploy:function:initialize': hook }
  }
}
