import * as z from 'zod'
import { UsageError } from './outcome.ts'

/** Reads a command's options by a schema whose members are named as the options are. */
export function readOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `--${path.map(String).join('.')}: ${message}`)
  throw new UsageError(faults.join('; '))
}

const unitMs = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A length of time such as 90s, 15min, 2h or 7d, in milliseconds. */
export const Duration = z.string().transform((text, context) => {
  const match = /^(\d+)(s|m|min|h|d)$/.exec(text)
  const unit = z.enum(['s', 'm', 'min', 'h', 'd']).safeParse(match?.[2])
  if (match !== null && unit.success) return Number(match[1]) * unitMs[unit.data]
  context.addIssue({ code: 'custom', message: `"${text}" is no length of time such as 90s, 15min, 2h or 7d` })
  return z.NEVER
})

export const Count = z.coerce.number('must be a number').int().positive()
/** How many of something in a second; halves and tenths too. */
export const Rate = z.coerce.number('must be a number').positive().max(100)

/** The one word a command needs behind its name. */
export function onlyWord(words: readonly string[], what: string): string {
  const [word, ...rest] = words
  if (word === undefined) throw new UsageError(`${what} is missing`)
  if (rest.length > 0) throw new UsageError(`only one ${what} is taken, and there is also "${rest.join(' ')}"`)
  return word
}
