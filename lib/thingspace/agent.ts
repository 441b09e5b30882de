import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/**
 * How long an idle connection may be used again. Shorter than any keep-alive of a usual front end (Apache: 5 s), because
 * a request written to a connection that the peer has just closed is lost without an answer, and a lost answer to a
 * `download` waits for a person.
 */
export const idleMilliseconds = 4_000

/** The keep-alive agent of one base URL. Make it once per container; `maxSockets` 1 suits Lambda, a server wants more. */
export function createAgent(baseUrl: string, { maxSockets }: { maxSockets: number }): HttpAgent {
  const options = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, timeout: idleMilliseconds }
  return new URL(baseUrl).protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
}

const lastUsedAt = new WeakMap<Socket, number>()

/** Notes when a connection was last in use, for `settleIdleConnections`. */
export function markUsed(socket: Socket, now: number): void {
  lastUsedAt.set(socket, now)
}

/**
 * Closes connections that were idle for too long, and lets those that the peer has closed be noticed. The agent's own
 * timer does not run while Lambda has the environment frozen, and after the thaw a request may be written before the
 * timer, or the peer's FIN, is looked at.
 */
export async function settleIdleConnections(agent: HttpAgent, now: () => number): Promise<void> {
  const idle = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])
  if (idle.length === 0) return
  for (const socket of idle) {
    if (now() - (lastUsedAt.get(socket) ?? 0) > idleMilliseconds) socket.destroy()
  }
  // Between two immediates the event loop has polled every socket once.
  await setImmediate()
  await setImmediate()
}
