import * as z from 'zod/mini'
import './profile/order/schema-messages.ts'

// Schemas of single variables of the environment.

/** A whole number from `least` to `most`, in the unit that the name of the variable says. */
export const whole = (least: number, most: number) =>
  z.pipe(
    z.string(),
    z.transform((text, context) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : -1
      if (value >= least && value <= most) return value
      context.issues.push({
        code: 'custom',
        input: text,
        message: `must be a whole number from ${least} to ${most}`,
      })
      return z.NEVER
    }),
  )
export const daySeconds = 24 * 3600
export const list = z.pipe(
  z.string(),
  z.transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  ),
)
/** A time in UTC as epoch milliseconds, or undefined for an empty text. */
export const timeOrNone = z.pipe(
  z
    .string()
    .check(
      z.refine(
        (text) =>
          text === '' || (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(text) && !isNaN(Date.parse(text))),
        { error: 'must be empty or a time in UTC, such as 2026-11-29T10:00:00Z' },
      ),
    ),
  z.transform((text) => (text === '' ? undefined : Date.parse(text))),
)
export const flag = () =>
  z.pipe(
    z.enum(['true', 'false']),
    z.transform((text) => text === 'true'),
  )
const loopback = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/
/** A URL that receives passwords and tokens. It must use TLS, except for the local machine. */
export const secureUrl = z.url().check(
  z.refine(
    (text) => {
      const { protocol, hostname, username } = URL.parse(text) ?? {}
      const isSafe = protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname ?? ''))
      return isSafe && username === ''
    },
    { error: 'must begin with https:// (http:// only for the local machine) and contain no credentials' },
  ),
)
export const jsonMap = z.pipe(
  z.string(),
  z.transform((text, context) => {
    try {
      return z.record(z.string(), z.string().check(z.minLength(1))).parse(JSON.parse(text))
    } catch {
      context.issues.push({
        code: 'custom',
        input: text,
        message: 'must be a JSON object whose values are texts, such as {"name": "value"}',
      })
      return z.NEVER
    }
  }),
)

/** Names of scopes in tokens, at least one. RFC 6749 allows these characters; a comma separates names here. */
export const scopeNames = list.check(
  z.refine((names) => names.length > 0 && names.every((name) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name)), {
    error: 'must be one or more names of scopes, comma separated, without blanks and quotes',
  }),
)
export const claimNames = list.check(z.minLength(1))
