import { Findings } from '../profile/order/body-faults.ts'
import type { ApiEvent } from './api-call.ts'
import { findLosses } from './json-losses.ts'
import { invalidBody, ProblemError } from './problem.ts'

/** Three times the size of 10,000 devices with three identifiers (1.6 MB). Lambda accepts 6 MB. */
export const maximumBodyBytes = 5 * 1024 * 1024

/**
 * Parses the JSON body. Throws a problem if the body is too large, is not JSON, has two members of one name, or has a
 * number that JavaScript cannot hold. No middleware parses it: the usual one guards against `__proto__` with a reviver
 * that makes bulk bodies eight times slower, and the readers of this body copy known members only.
 */
export function readJsonBody({ headers, body = '', isBase64Encoded }: ApiEvent): unknown {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (!/^application\/([\w.+-]+\+)?json$/.test(type)) {
    throw new ProblemError('unsupported-media-type', { detail: 'send Content-Type: application/json' })
  }
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > maximumBodyBytes) {
    throw new ProblemError('body-too-large', { detail: `at most ${maximumBodyBytes} bytes` })
  }
  const text = isBase64Encoded ? orMalformed(() => utf8.decode(bytes), 'the body is not UTF-8') : body
  // Do not pass on the parser's message, because it quotes the body.
  const value: unknown = orMalformed((): unknown => JSON.parse(text), 'the body could not be parsed')
  const faults = new Findings()
  findLosses(text, faults)
  if (faults.count > 0) throw invalidBody(faults)
  return value
}

/** Rejects bytes that are not UTF-8. Otherwise they would be forwarded as replacement characters. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function orMalformed<Value>(read: () => Value, detail: string): Value {
  try {
    return read()
  } catch {
    throw new ProblemError('malformed-json', { detail })
  }
}
