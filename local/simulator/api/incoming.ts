import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answers.ts'

/** Ten thousand devices are about 1.5 MB; nothing legitimate comes near this. */
const mostBytes = 32 * 1024 * 1024

/** The whole body as text; `undefined` when the caller went away or sent far too much. */
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

/** Writes an answer, unless the caller is gone. */
export const writeAnswer = (response: ServerResponse, answer: Answer): void => {
  if (response.destroyed || response.writableEnded) return
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) })
  response.end(answer.body)
}
