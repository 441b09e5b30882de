const longestSeconds = 86_400

/** Seconds to wait by a `Retry-After` header (seconds or an HTTP date), at most a day; `undefined` when it says nothing. */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d+$/.test(text)) return Math.min(Number(text), longestSeconds)
  // Only the shape of an HTTP date: Date.parse reads far more than that, "-5" as a year for one.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(date)) return undefined
  return Math.min(Math.max(0, Math.ceil((date - now) / 1000)), longestSeconds)
}
