import type * as z from 'zod'
import { StartError } from '../start-error.ts'

/** Parses a part of serverless.yml; what does not fit is named with its place in the file. */
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
  throw new StartError(`serverless.yml is not as the local stack can read it: ${faults.join('; ')}.`)
}
