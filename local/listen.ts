import type { Server } from 'node:http'
import { StartError } from './start-error.ts'

type Options = { port: number; setting: string; what: string }

/** Opens a server on 127.0.0.1 and answers its port; a busy one is one sentence that says what to set. */
export async function listen(server: Server, { port, setting, what }: Options): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(portError(error, { port, setting, what })))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** The sentence for a port that cannot be had; any other error stays as it is. */
function portError(error: unknown, { port, setting, what }: Options): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(`Port ${port} for ${what} is already in use: stop what uses it, or set ${setting}.`)
    case 'EACCES':
      return new StartError(`Port ${port} for ${what} needs more rights than you have: set ${setting}.`)
    default:
      return error
  }
}
