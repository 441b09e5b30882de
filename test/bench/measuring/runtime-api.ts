import { randomUUID } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { listen } from '../../../local/listen.ts'

export type RuntimeApi = {
  address: string
  /** Gives this event to the next process that asks. Resolves when the process has answered. */
  invoke: (event: unknown) => Promise<unknown>
  stop: () => void
}

/** The part of the Runtime API that one environment needs: an event, its answer, and then no further event. */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  let waiting: { text: string; settle: PromiseWithResolvers<unknown> } | undefined
  const held = new Set<ServerResponse>()

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      if (path.endsWith('/next')) return next(response)
      response.writeHead(202).end('{}')
      const text = Buffer.concat(chunks).toString('utf8')
      const { settle } = waiting ?? {}
      waiting = undefined
      if (path.endsWith('/response')) settle?.resolve(JSON.parse(text))
      else settle?.reject(new Error(`the function failed: ${text.slice(0, 600)}`))
    })
  })
  const next = (response: ServerResponse) => {
    if (waiting === undefined) return void held.add(response)
    response.writeHead(200, {
      // Lambda's client waits forever without it.
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': randomUUID(),
      'lambda-runtime-deadline-ms': String(Date.now() + 29_000),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:subject',
    })
    response.end(waiting.text)
  }
  const port = await listen(server, { port: 0, setting: '', what: 'the Runtime API' })
  return {
    address: `127.0.0.1:${port}`,
    invoke: (event) => {
      const settle = Promise.withResolvers<unknown>()
      waiting = { text: JSON.stringify(event), settle }
      return settle.promise
    },
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
