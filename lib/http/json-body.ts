import type { ApiEvent } from './api-handler.ts'
import { ProblemError } from './problem.ts'

/** Room for 10,000 devices with three identifiers (1.6 MB) thrice over; Lambda itself takes 6 MB. */
export const maximumBodyBytes = 5 * 1024 * 1024

/**
 * The parsed JSON body. Parsed here and not by a middleware, because the usual one guards against `__proto__` with a
 * reviver that makes a bulk body eight times slower; the readers behind this copy known members only.
 */
export function readJsonBody({ headers, body, isBase64Encoded }: ApiEvent): unknown {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (!/^application\/([\w.+-]+\+)?json$/.test(type)) {
    throw new ProblemError('unsupported-media-type', { detail: 'send Content-Type: application/json' })
  }
  const text = isBase64Encoded && body !== undefined ? Buffer.from(body, 'base64').toString('utf8') : (body ?? '')
  if (Buffer.byteLength(text) > maximumBodyBytes) {
    throw new ProblemError('body-too-large', { detail: `at most ${maximumBodyBytes} bytes` })
  }
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may hold anything.
    throw new ProblemError('malformed-json', { detail: 'the body could not be parsed' })
  }
}
