const firstPauseMs = 500

/** The seconds of a `Retry-After` header in milliseconds, also if it is a date. Undefined if it is absent or unreadable. */
export function retryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const text = headers?.get('retry-after')
  if (text === undefined || text === null || text === '') return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

/**
 * The pause after an attempt in milliseconds: what the gateway asks for and up to a fifth more, otherwise a random part of a time
 * that doubles with each attempt. The random part keeps clients from coming back all at once.
 */
export function pauseMs(attempt: number, askedMs: number | undefined, longestMs: number): number {
  if (askedMs !== undefined) return askedMs * (1 + Math.random() / 5)
  return Math.random() * Math.min(longestMs, firstPauseMs * 2 ** attempt)
}

/** Waits. Throws the reason of the signal as soon as it is aborted. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(reasonOf(signal))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

const reasonOf = (signal: AbortSignal | undefined): Error =>
  signal?.reason instanceof Error ? signal.reason : new DOMException('The call was aborted', 'AbortError')
