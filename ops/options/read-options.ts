import * as z from 'zod'
import { UsageError } from '../outcome.ts'

/**
 * Parses the options of a command with a schema that has a member for each option. Throws `UsageError` with the name of
 * each option that is not valid.
 */
export function readOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `--${path.map(String).join('.')}: ${message}`)
  throw new UsageError(faults.join('; '))
}

const unitMs = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Parses a duration such as 90s, 15min, 2h or 7d into milliseconds. */
export const Duration = z.string().transform((text, context) => {
  const match = /^(\d+)(s|m|min|h|d)$/.exec(text)
  const unit = z.enum(['s', 'm', 'min', 'h', 'd']).safeParse(match?.[2])
  if (match !== null && unit.success) return Number(match[1]) * unitMs[unit.data]
  context.addIssue({ code: 'custom', message: `"${text}" is not a duration such as 90s, 15min, 2h or 7d` })
  return z.NEVER
})

/** A positive whole number. */
export const Count = z.coerce.number('must be a number').int().positive()
/** A rate per second, up to 100. Fractions such as 0.5 are allowed. */
export const Rate = z.coerce.number('must be a number').positive().max(100)

/** Returns the only argument of a command. Throws `UsageError` if it is missing or there are more; `what` names it. */
export function onlyWord(words: readonly string[], what: string): string {
  const [word, ...rest] = words
  if (word === undefined) throw new UsageError(`${what} is missing`)
  if (rest.length > 0) throw new UsageError(`only one ${what} is allowed; remove "${rest.join(' ')}"`)
  return word
}
