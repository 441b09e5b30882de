import type { IncomingMessage } from 'node:http'

/** ThingSpace's answers are below 1 kB, its listener lists a few; more than this is not an answer. */
const limitBytes = 1_000_000

/** Collects an answer's body. Calls `complete` only when every announced byte has come. */
export function collectBody(
  response: IncomingMessage,
  on: { complete: (body: string) => void; broken: (code: string | undefined) => void; tooLarge: () => void },
): void {
  const chunks: Buffer[] = []
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > limitBytes) on.tooLarge()
    else chunks.push(chunk)
  })
  response.on('end', () => {
    if (response.complete) on.complete(Buffer.concat(chunks).toString('utf8'))
    else on.broken(undefined)
  })
  response.on('error', (error: NodeJS.ErrnoException) => on.broken(error.code))
}
