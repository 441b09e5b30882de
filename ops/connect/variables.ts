import * as z from 'zod'
import { UsageError } from '../outcome.ts'

/** The environment variables that the command line reads itself. lib/environment.ts reads the gateway's other settings. */
const Variables = z
  .object({
    TABLE_NAME: z.string(),
    LOCAL_CONNECTION_FILE: z.string(),
    AWS_ENDPOINT_URL_DYNAMODB: z.url(),
    SUBMISSIONS_QUEUE_URL: z.url(),
    BULK_SUBMISSIONS_QUEUE_URL: z.url(),
    CALLBACKS_QUEUE_URL: z.url(),
    SUBMISSIONS_DEAD_LETTERS_URL: z.url(),
    CALLBACKS_DEAD_LETTERS_URL: z.url(),
    CHANGES_DEAD_LETTERS_URL: z.url(),
    JWT_ISSUER: z.url(),
  })
  .partial()
export type VariableName = keyof z.infer<typeof Variables>

/**
 * Reads one environment variable. An empty value counts as not set. Throws `UsageError` if the value is malformed, for
 * instance a queue URL that is not a URL.
 */
export function variable(name: VariableName): string | undefined {
  const parsed = Variables.shape[name].safeParse(process.env[name] === '' ? undefined : process.env[name])
  if (parsed.success) return parsed.data
  throw new UsageError(`${name}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`)
}

/** Sets the variables that are not set yet. Values that the operator set in the shell take precedence. */
export function fillVariables(found: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(found)) process.env[name] ??= value
}

/** Sets all `found` variables, replacing existing values, and deletes the `removed` ones. */
export function replaceVariables(found: Readonly<Record<string, string>>, removed: readonly string[]): void {
  Object.assign(process.env, found)
  for (const name of removed) Reflect.deleteProperty(process.env, name)
}
