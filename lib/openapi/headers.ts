import * as z from 'zod'

const header = (id: string, description: string, schema: z.ZodString = z.string()) =>
  schema.meta({ description, header: { id } })

/** Every header that an answer may have, once. */
export const headers = {
  requestId: header('Request-Id', 'Id of this HTTP call; the logs carry it as `httpRequestId`.'),
  location: header('Location', 'Where the request can be read.'),
  retryAfter: header(
    'Retry-After',
    'Seconds until asking again is worth it, 1 to 60.',
    z.string().regex(/^([1-9]|[1-5]\d|60)$/),
  ),
  idempotentReplayed: header('Idempotent-Replayed', '`true`: this order was recorded by an earlier call.'),
  eTag: header('ETag', 'Of the body as sent.'),
  link: header('Link', 'The next page, `rel="next"`.'),
  cacheControl: header('Cache-Control', 'Whether the answer may be kept.'),
  challenge: header('WWW-Authenticate', 'What is wrong with the token.'),
} as const

/** A header that an answer may lack. */
export const maybe = (name: z.ZodString) => name.optional().meta({ description: name.description })

/** Headers that every answer of our own code has. */
export const always = { 'Request-Id': headers.requestId, 'Cache-Control': headers.cacheControl }

export const IdempotencyKey = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/)
  .optional()
  .meta({
    description:
      'Makes a repeat of the call harmless: 1 to 255 printable ASCII characters, bare or as a quoted string, such as a UUID. Send a new one with every order.',
  })

export const IfNoneMatch = z.string().optional().meta({ description: 'The `ETag` you have: 304 if nothing changed.' })
