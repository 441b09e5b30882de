import { createServer } from 'node:net'
import { StartError } from '../start-error.ts'

/** Returns a port on 127.0.0.1 that is currently free. */
export async function freePort(): Promise<number> {
  return probe(0)
}

/** Throws `StartError` if a port cannot be used, before an engine fails with a message that is harder to understand. */
export async function requireFreePort(port: number): Promise<void> {
  try {
    await probe(port)
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    throw new StartError(
      `Port ${port} ${taken ? 'is already in use' : 'cannot be used'}. Choose another one for DynamoDB.`,
      {
        cause: error,
      },
    )
  }
}

async function probe(port: number): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port))
    })
  })
}
