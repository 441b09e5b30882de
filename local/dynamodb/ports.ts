import { createServer } from 'node:net'
import { StartError } from '../start-error.ts'

/** A port on 127.0.0.1 that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  return probe(0)
}

/** Refuses a port that is taken, before an engine fails on it in its own words. */
export async function requireFreePort(port: number): Promise<void> {
  try {
    await probe(port)
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    throw new StartError(
      `Port ${port} ${taken ? 'is already in use' : 'cannot be used'}: choose another for DynamoDB.`,
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
