import * as http from 'node:http'

export type Serve = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>

/** One listening port that can be shut and opened again, so that callers are refused by the operating system. */
export const createClosableServer = (host: string, wantedPort: number, serve: Serve) => {
  let server: http.Server | undefined
  let port = wantedPort
  const shut = new Set<http.Server>()

  const open = async (): Promise<number> => {
    if (server !== undefined) return port
    const opening = http.createServer({ requestTimeout: 0 }, (request, response) => {
      // A connection kept from before must not outlive the shut server.
      if (!opening.listening) {
        request.socket.destroy()
        return
      }
      serve(request, response).catch((error: unknown) => {
        console.error('the simulator failed on a call:', error)
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

  /** From now on a connection is refused. Calls already under way are still answered. */
  const close = (): void => {
    const closing = server
    if (closing === undefined) return
    server = undefined
    shut.add(closing)
    closing.close(() => shut.delete(closing))
    closing.closeIdleConnections()
  }

  return {
    open,
    close,
    /** Ends everything, calls under way as well. */
    stop: async (): Promise<void> => {
      close()
      const closing = [...shut]
      await Promise.all(
        closing.map(
          (each) =>
            new Promise<void>((resolve) => {
              if (!shut.has(each)) return resolve()
              each.once('close', resolve)
              each.closeAllConnections()
            }),
        ),
      )
    },
  }
}

export type ClosableServer = ReturnType<typeof createClosableServer>

const explained = (error: Error, host: string, port: number): Error =>
  'code' in error && error.code === 'EADDRINUSE'
    ? new Error(`port ${port} on ${host} is already in use`, { cause: error })
    : error
