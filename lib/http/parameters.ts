import * as z from 'zod/mini'
import '../profile/order/schema-messages.ts'
import { ProblemError } from './problem.ts'

/** An unknown parameter is refused, so that nobody takes the whole list for a filtered one. */
export const requireNoParameters = (values: unknown): void => void readParameters(z.strictObject({}), values)

/** Reads query or path parameters by their schema. Throws an `invalid-parameter` problem that lists every wrong one. */
export function readParameters<Schema extends z.ZodMiniType>(schema: Schema, values: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(values ?? {})
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          pointer: `?${key}`,
          code: 'unknown-parameter',
          detail: 'there is no parameter of this name',
        }))
      : [{ pointer: `?${issue.path.join('.')}`, code: 'invalid', detail: issue.message }],
  )
  throw new ProblemError('invalid-parameter', { detail: errors[0]?.detail ?? 'not valid', errors })
}
