import type { Server } from 'node:http'
import { StartError } from './start-error.ts'

type Options = { port: number; setting: string; what: string }

/**
 * Opens a server on 127.0.0.1 and returns its port. If the port cannot be used, throws `StartError` with the variable to
 * set (`setting`). `what` names the server in the message.
 */
export async function listen(server: Server, { port, setting, what }: Options): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(portError(error, { port, setting, what })))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Converts the error of a port that cannot be used to a `StartError`. Returns other errors unchanged. */
function portError(error: unknown, { port, setting, what }: Options): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} for ${what} is already in use. Stop the process that uses it, or set ${setting}.`,
      )
    case 'EACCES':
      return new StartError(`Port ${port} for ${what} needs more privileges than you have. Set ${setting}.`)
    default:
      return error
  }
}

/** Stops a server and aborts its connections. Resolves when its port is free. */
export async function stopServer(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
