import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answers.ts'

/** The largest body that is read. A request with ten thousand devices has about 1.5 MB. */
const mostBytes = 32 * 1024 * 1024

/** Reads a request body as text. Returns undefined if the connection broke or the body is larger than 32 MB. */
export const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk)
      length += bytes.length
      if (length > mostBytes) return undefined
      chunks.push(bytes)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Writes a response, unless the connection is closed. */
export const writeAnswer = (response: ServerResponse, answer: Answer): void => {
  if (response.destroyed || response.writableEnded) return
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) })
  response.end(answer.body)
}
