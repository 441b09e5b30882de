import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach } from 'vitest'

export type Received = { method: string; path: string; headers: IncomingMessage['headers']; body: string }

/** The reaction of the server to one request: an answer, or a fault of the socket. */
export type Step =
  | { status: number; body?: string | object; headers?: Record<string, string> }
  | ((request: Received, response: ServerResponse, socket: Socket) => void | Promise<void>)

export type ScriptedServer = {
  url: string
  port: number
  received: Received[]
  connections: () => number
  /** The answers of one path in order. The last one is repeated. */
  on(path: string, ...steps: Step[]): void
  at(path: string): Received[]
  close(): Promise<void>
}

const running = new Set<ScriptedServer>()
afterEach(async () => {
  await Promise.all([...running].map((server) => server.close()))
})

/** A real HTTP server on a free port that answers as scripted and records its requests. */
export async function scriptedServer(): Promise<ScriptedServer> {
  const scripts = new Map<string, Step[]>()
  const received: Received[] = []
  const sockets = new Set<Socket>()
  let connections = 0

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on('error', () => {})
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const path = request.url ?? ''
    const call = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    }
    received.push(call)
    const steps = scripts.get(path) ?? []
    const step = steps.length > 1 ? steps.shift() : steps[0]
    if (step === undefined) return void response.writeHead(599).end(`nothing scripted for ${path}`)
    if (typeof step === 'function') return step(call, response, request.socket)
    const body = typeof step.body === 'object' ? JSON.stringify(step.body) : (step.body ?? '')
    response.writeHead(step.status, { 'content-type': 'application/json', ...step.headers }).end(body)
  }
  // A client that disconnects in the middle is part of the test.
  const server = createServer((request, response) => void handle(request, response).catch(() => {}))
  server.on('connection', (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('clientError', (_error, socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const scripted: ScriptedServer = {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
    on: (path, ...steps) => void scripts.set(path, steps),
    at: (path) => received.filter((call) => call.path === path),
    async close() {
      running.delete(scripted)
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  running.add(scripted)
  return scripted
}

/** A port without a listener. */
export async function closedPort(): Promise<number> {
  const server = await scriptedServer()
  await server.close()
  return server.port
}

export const hang: Step = () => {}
export const reset: Step = (_request, _response, socket) => void socket.resetAndDestroy()
