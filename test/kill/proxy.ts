import {
  type Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { listen } from '../../local/listen.ts'
import { type Effect, effectOf, type Service } from './effects.ts'
import type { Fault } from './fault-plan.ts'

export type Targets = Readonly<Record<Service, string>>

type Options = {
  targets: Targets
  agent: Agent
  /** The fault of a request. Called once for each, in the order of arrival. */
  faultOf: (effect: Effect) => Fault | undefined
  /** Kills the calling process at once. */
  kill: (why: string) => void
}

export type Proxy = { url: string; stop: () => void }

type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/**
 * Stands between one invocation environment and its targets. It reads and names each request, and then forwards and
 * answers it as the plan says.
 */
export async function startProxy(options: Options): Promise<Proxy> {
  const server = createServer((incoming, response) => {
    pass(incoming, response, options).catch(() => incoming.socket.destroy())
  })
  // A connection that the proxy closed on its own would be an unplanned fault.
  server.keepAliveTimeout = 600_000
  const port = await listen(server, { port: 0, setting: '', what: 'a proxy' })
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function pass(incoming: IncomingMessage, response: ServerResponse, options: Options): Promise<void> {
  const { targets, agent, faultOf, kill } = options
  const body = await bytesOf(incoming)
  const { method = 'POST', url: path = '/', headers } = incoming
  const effect = effectOf(method, path, headers, body.toString('latin1'))
  const fault = faultOf(effect)
  const forward = () => send(`${targets[effect.service]}${path}`, { method, headers, body, agent })
  switch (fault) {
    case 'kill-before':
      kill(effect.name)
      break
    case 'kill-after':
      await forward().finally(() => kill(effect.name))
      break
    case 'cut-before':
      break
    case 'cut-after':
      await forward()
      break
    case undefined: {
      const { status, headers: answered, body: answer } = await forward()
      response.writeHead(status, withoutHops(answered))
      response.end(answer)
      return
    }
  }
  incoming.socket.destroy()
}

type Sending = { method: string; headers: IncomingHttpHeaders; body: Buffer; agent: Agent }

const send = (url: string, { method, headers, body, agent }: Sending): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { host: _host, ...others } = withoutHops(headers)
    const outgoing = request(url, { method, agent, headers: { ...others, 'content-length': body.length } })
    outgoing.on('error', reject)
    outgoing.on('response', (answer) => {
      bytesOf(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
        reject,
      )
    })
    outgoing.end(body)
  })

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** Headers that belong to one connection and not to the message. */
function withoutHops({
  connection: _connection,
  'keep-alive': _keepAlive,
  'transfer-encoding': _encoding,
  expect: _expect,
  ...headers
}: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers
}
