import * as z from 'zod'
import type { Answer } from './answer.ts'

/** The CORS configuration of an HTTP API. Origins are exact: `*` and `https://*` are not supported here. */
export const CorsConfiguration = z.strictObject({
  AllowOrigins: z.array(z.string().refine((origin) => !origin.includes('*'), 'must name an origin')),
  AllowMethods: z.array(z.string()),
  AllowHeaders: z.array(z.string()),
  ExposeHeaders: z.array(z.string()),
  MaxAge: z.int(),
})
export type CorsConfiguration = z.infer<typeof CorsConfiguration>

type Headers = Readonly<Record<string, string | string[] | undefined>>

/**
 * API Gateway's answer to a preflight, for which no route and no authorizer is asked. An origin that is not allowed gets
 * no headers, so the browser makes no call. `undefined`: the request is not a preflight.
 */
export function preflightAnswer(
  method: string | undefined,
  headers: Headers,
  cors: CorsConfiguration | undefined,
): Answer | undefined {
  const { origin, 'access-control-request-method': wanted } = headers
  if (cors === undefined || method !== 'OPTIONS' || origin === undefined || wanted === undefined) return undefined
  const allowed = cors.AllowOrigins.some((each) => each === origin)
  return {
    status: 204,
    headers: allowed
      ? {
          'access-control-allow-origin': String(origin),
          'access-control-allow-methods': cors.AllowMethods.join(','),
          'access-control-allow-headers': cors.AllowHeaders.join(','),
          'access-control-expose-headers': cors.ExposeHeaders.join(','),
          'access-control-max-age': String(cors.MaxAge),
        }
      : {},
    cookies: [],
    body: '',
  }
}

/**
 * Adds the CORS headers to the answer of an integration. Those that the integration itself sends are dropped. AWS
 * documents the headers for answers of integrations only, so API Gateway's own 401 has none here.
 */
export function withCors(answer: Answer, origin: string | undefined, cors: CorsConfiguration | undefined): Answer {
  if (cors === undefined) return answer
  const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'))
  const allowed = cors.AllowOrigins.find((each) => each === origin)
  return {
    ...answer,
    headers: {
      ...Object.fromEntries(own),
      ...(allowed !== undefined && {
        'access-control-allow-origin': allowed,
        'access-control-expose-headers': cors.ExposeHeaders.join(','),
      }),
    },
  }
}
