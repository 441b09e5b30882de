const longestSeconds = 86_400

/**
 * Reads a `Retry-After` header (seconds or an HTTP date, RFC 9110). Returns seconds from `now` (epoch milliseconds), at
 * most a day, or `undefined` if the header is absent or unreadable.
 */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d+$/.test(text)) return Math.min(Number(text), longestSeconds)
  // Require the shape of an HTTP date, because Date.parse accepts much more: it reads "-5" as a year.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(date)) return undefined
  return Math.min(Math.max(0, Math.ceil((date - now) / 1000)), longestSeconds)
}
