import * as http from 'node:http'

export type Serve = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>

/**
 * An HTTP server that can be closed and opened again on the same port. While it is closed, the operating system refuses
 * connections, which simulates an unreachable ThingSpace.
 */
export const createClosableServer = (host: string, wantedPort: number, serve: Serve) => {
  let server: http.Server | undefined
  let port = wantedPort
  const closingServers = new Set<http.Server>()

  const open = async (): Promise<number> => {
    if (server !== undefined) return port
    const opening = http.createServer({ requestTimeout: 0 }, (request, response) => {
      // A keep-alive connection must not get a response from a closed server.
      if (!opening.listening) {
        request.socket.destroy()
        return
      }
      serve(request, response).catch((error: unknown) => {
        console.error('The simulator failed to answer a call:', error)
        request.socket.destroy()
      })
    })
    await new Promise<void>((resolve, reject) => {
      opening.once('error', (error) => reject(explained(error, host, port)))
      opening.listen(port, host, resolve)
    })
    const address = opening.address()
    if (typeof address === 'object' && address !== null) port = address.port
    server = opening
    return port
  }

  /** Refuses new connections. Calls in flight are still answered. */
  const close = (): void => {
    const closing = server
    if (closing === undefined) return
    server = undefined
    closingServers.add(closing)
    closing.close(() => closingServers.delete(closing))
    closing.closeIdleConnections()
  }

  return {
    open,
    close,
    /** Closes the server and aborts calls in flight. */
    stop: async (): Promise<void> => {
      close()
      const closing = [...closingServers]
      await Promise.all(
        closing.map(
          (each) =>
            new Promise<void>((resolve) => {
              if (!closingServers.has(each)) return resolve()
              each.once('close', resolve)
              each.closeAllConnections()
            }),
        ),
      )
    },
  }
}

const explained = (error: Error, host: string, port: number): Error =>
  'code' in error && error.code === 'EADDRINUSE'
    ? new Error(`port ${port} on ${host} is already in use`, { cause: error })
    : error
