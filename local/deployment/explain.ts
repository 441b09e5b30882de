import type * as z from 'zod'
import { StartError } from '../start-error.ts'

/**
 * Parses a part of serverless.yml. Throws `StartError` with the place in the file of everything that does not match.
 * `path` is where the part is in the file.
 */
export function explain<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: readonly PropertyKey[] = [],
): z.infer<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(
    (issue) => `${[...path, ...issue.path].map(String).join('.')}: ${issue.message}`,
  )
  throw new StartError(`The local stack cannot read serverless.yml: ${faults.join('; ')}.`)
}
