import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/**
 * How long an idle connection may be reused. It is shorter than the keep-alive of common front ends (Apache: 5 s). A
 * request on a connection that the peer has just closed gets no answer, and an unanswered `download` waits for a
 * person.
 */
export const idleMilliseconds = 4_000

/** Creates the keep-alive agent of one base URL, once per container. Lambda needs one socket, a server more. */
export function createAgent(baseUrl: string, { maxSockets }: { maxSockets: number }): HttpAgent {
  const options = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, timeout: idleMilliseconds }
  return new URL(baseUrl).protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
}

const lastUsedAt = new WeakMap<Socket, number>()

/** Remembers when a connection was last used, for `settleIdleConnections`. Times are epoch milliseconds. */
export function markUsed(socket: Socket, now: number): void {
  lastUsedAt.set(socket, now)
}

/**
 * Closes connections that were idle for too long and lets Node notice connections that the peer has closed. The agent's
 * own timer does not run while Lambda freezes the environment. Without this call, a request after the thaw may be
 * written before Node handles the timer or the peer's FIN.
 */
export async function settleIdleConnections(agent: HttpAgent, now: () => number): Promise<void> {
  const idle = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])
  if (idle.length === 0) return
  for (const socket of idle) {
    if (now() - (lastUsedAt.get(socket) ?? 0) > idleMilliseconds) socket.destroy()
  }
  // Between two immediates, the event loop polls every socket once.
  await setImmediate()
  await setImmediate()
}
