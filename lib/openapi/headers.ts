import * as z from 'zod'

const header = (id: string, description: string, schema: z.ZodString = z.string()) =>
  schema.meta({ description, header: { id } })

/** Every header that an answer may have. */
export const headers = {
  requestId: header('Request-Id', 'Id of this HTTP call. The logs have it as `httpRequestId`.'),
  location: header('Location', 'Path of the request.'),
  retryAfter: header(
    'Retry-After',
    'Seconds to wait before the next poll, 1 to 60.',
    z.string().regex(/^([1-9]|[1-5]\d|60)$/),
  ),
  idempotentReplayed: header('Idempotent-Replayed', '`true` if an earlier call with this key stored the order.'),
  traceparent: header(
    'Traceparent',
    'The W3C trace context of the request: your trace id if you sent a well-formed `traceparent`, otherwise a new one.',
    z.string().regex(/^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/),
  ),
  preferenceApplied: header('Preference-Applied', 'The preference that was followed: `wait=` and seconds.'),
  eTag: header('ETag', 'ETag of the body.'),
  link: header('Link', 'URL of the next page, with `rel="next"`.'),
  cacheControl: header('Cache-Control', 'Whether the answer may be cached.'),
  challenge: header('WWW-Authenticate', 'Why the token was rejected.'),
} as const

/** Makes a header optional. */
export const maybe = (name: z.ZodString) => name.optional().meta({ description: name.description })

/** Headers of every answer that our code writes. */
export const always = { 'Request-Id': headers.requestId, 'Cache-Control': headers.cacheControl }

export const IdempotencyKey = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/)
  .optional()
  .meta({
    description:
      'Makes it safe to repeat the call. 1 to 255 printable ASCII characters, bare or as a quoted string, for example a UUID. Send a new key with every new order.',
  })

export const Prefer = z.string().optional().meta({
  description:
    '`wait=` and seconds (RFC 7240): answer when the order is final, but after so many seconds at the latest. The status stays 202. More than 20 count as 20.',
})

export const IfNoneMatch = z
  .string()
  .optional()
  .meta({ description: 'The `ETag` of your copy. The answer is 304 if nothing has changed.' })

export const Traceparent = z.string().optional().meta({
  description:
    'W3C trace context, version 00. The gateway continues the trace in its log, its call to ThingSpace and its events. A value that is not well-formed is ignored.',
})
