import { createHash } from 'node:crypto'

/** A W3C `traceparent` of version 00: 55 characters, with a trace id and a span id that are not zero. */
const traceparent = /^00-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-([\da-f]{2})$/

/**
 * The trace context of a new request: the caller's trace with a span of our own. If the caller sent none, or one that is
 * not exactly well-formed, a new trace, which is not sampled. `seed` must be random and not known to others.
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function traceOf(header: string | undefined, seed: string): string {
  const digest = digestOf(`trace ${seed}`)
  const [, traceId = digest.slice(0, 32), flags = '00'] = (header?.length === 55 && traceparent.exec(header)) || []
  return `00-${traceId}-${digest.slice(32, 48)}-${flags}`
}

/** The same trace with the span of one attempt, for the call to ThingSpace. */
export function traceOfAttempt(
  { traceparent: parent, generation }: { traceparent?: string | undefined; generation: string },
  { submission, attempt }: { submission: number; attempt: number },
): string | undefined {
  const [, traceId, flags] = traceparent.exec(parent ?? '') ?? []
  if (traceId === undefined || flags === undefined) return undefined
  return `00-${traceId}-${digestOf(`attempt ${generation} ${submission} ${attempt}`).slice(0, 16)}-${flags}`
}

/** The trace id of a request, by which log lines of several functions and of the caller are found together. */
export const traceIdOf = ({ traceparent: parent }: { traceparent?: string | undefined }): string | undefined =>
  traceparent.exec(parent ?? '')?.[1]

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')
