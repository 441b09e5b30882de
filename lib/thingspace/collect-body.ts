import type { IncomingMessage } from 'node:http'

/** Most bytes of an answer. ThingSpace's answers have less than 1 kB, a list of callbacks a few kB. */
const limitBytes = 1_000_000

/**
 * Collects the body of an answer. Calls `complete` only if every announced byte has arrived, and one of the others if
 * not.
 */
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
