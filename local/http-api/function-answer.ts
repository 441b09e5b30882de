import * as z from 'zod'
import { type Answer, internalError } from './answer.ts'

const HeaderValue = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)])

const Structured = z.object({
  statusCode: z.int().min(100).max(599),
  headers: z.record(z.string(), HeaderValue).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
})

/**
 * Converts the return value of a function to a response, as payload format 2.0 defines it. A value with a `statusCode` is
 * the response; any other value becomes the body of a 200. A malformed response becomes a 500.
 */
export function functionAnswer(returned: unknown): Answer {
  if (typeof returned !== 'object' || returned === null || !('statusCode' in returned)) {
    const body = typeof returned === 'string' ? returned : JSON.stringify(returned)
    return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body }
  }
  const structured = Structured.safeParse(returned)
  if (!structured.success) return internalError
  const { statusCode, headers, cookies, body, isBase64Encoded } = structured.data
  return {
    status: statusCode,
    headers: { ...(body && { 'content-type': 'text/plain;charset=UTF-8' }), ...lowerCased(headers ?? {}) },
    cookies: cookies ?? [],
    body: isBase64Encoded === true ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  }
}

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
