import type { IncomingMessage } from 'node:http'
import { type Answer, gatewayAnswer } from './answer.ts'

/** The limit of HTTP APIs for the request line and all header values together. */
const headLimitBytes = 10_240

/**
 * Returns the response to a request whose request line or headers exceed the limit, else undefined. AWS documents the
 * limit, but not the text of the response.
 */
export function headRefusal({ method, url, httpVersion, rawHeaders }: IncomingMessage): Answer | undefined {
  const line = Buffer.byteLength(`${method} ${url} HTTP/${httpVersion}`)
  const values = rawHeaders.filter((_text, index) => index % 2 === 1)
  const bytes = values.reduce((sum, value) => sum + Buffer.byteLength(value, 'latin1'), line)
  if (bytes <= headLimitBytes) return undefined
  const why = `request line and header values have ${bytes} bytes; an HTTP API accepts ${headLimitBytes}`
  return line > headLimitBytes
    ? { ...gatewayAnswer(414, 'URI Too Long'), why }
    : { ...gatewayAnswer(431, 'Request Header Fields Too Large'), why }
}
