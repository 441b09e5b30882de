import * as z from 'zod'
import { UsageError } from '../outcome.ts'

/** What of this process's variables the command line itself goes by; the rest is for the gateway's code. */
const Variables = z
  .object({
    TABLE_NAME: z.string(),
    LOCAL_CONNECTION_FILE: z.string(),
    AWS_ENDPOINT_URL_LAMBDA: z.url(),
    SUBMISSIONS_QUEUE_URL: z.url(),
    CALLBACKS_QUEUE_URL: z.url(),
    SUBMISSIONS_DEAD_LETTERS_URL: z.url(),
    CALLBACKS_DEAD_LETTERS_URL: z.url(),
    CHANGES_DEAD_LETTERS_URL: z.url(),
  })
  .partial()
export type VariableName = keyof z.infer<typeof Variables>

/** One variable of this process. An empty one is not set. */
export function variable(name: VariableName): string | undefined {
  const parsed = Variables.shape[name].safeParse(process.env[name] === '' ? undefined : process.env[name])
  if (parsed.success) return parsed.data
  throw new UsageError(`${name}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`)
}

/** Sets what is missing: what a person has set wins over what is found. */
export function fillVariables(found: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(found)) process.env[name] ??= value
}

/** Sets all of it, and not only what is missing. */
export function replaceVariables(found: Readonly<Record<string, string>>, removed: readonly string[]): void {
  Object.assign(process.env, found)
  for (const name of removed) Reflect.deleteProperty(process.env, name)
}
