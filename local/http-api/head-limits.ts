import type { IncomingMessage } from 'node:http'
import { type Answer, gatewayAnswer } from './answer.ts'

/** What an HTTP API takes for request line and header values together. */
export const headLimitBytes = 10_240

/** The answer to a request whose line or headers are too long. AWS documents the limit, not the words of the answer. */
export function headRefusal({ method, url, httpVersion, rawHeaders }: IncomingMessage): Answer | undefined {
  const line = Buffer.byteLength(`${method} ${url} HTTP/${httpVersion}`)
  const values = rawHeaders.filter((_text, index) => index % 2 === 1)
  const bytes = values.reduce((sum, value) => sum + Buffer.byteLength(value, 'latin1'), line)
  if (bytes <= headLimitBytes) return undefined
  const why = `request line and header values have ${bytes} bytes, and an HTTP API takes ${headLimitBytes}`
  return line > headLimitBytes
    ? { ...gatewayAnswer(414, 'URI Too Long'), why }
    : { ...gatewayAnswer(431, 'Request Header Fields Too Large'), why }
}
