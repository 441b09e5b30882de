/**
 * A token, or a function that returns one. The function is called before each attempt; keep the token in memory.
 * `refused` is true if the gateway has just answered 401 to the last token: return a new one.
 */
export type TokenSource = string | ((asked: { refused: boolean }) => string | Promise<string>)

export type ConnectOptions = {
  /** The address of the stage, for example `https://abc.execute-api.eu-west-1.amazonaws.com`. */
  baseUrl: string
  token: TokenSource
  /** How many times a call is tried. 5 by default; 1 turns repeats off. */
  attempts?: number
  /** The time-out of one attempt in milliseconds. 35,000 by default: API Gateway ends calls after 30 s. */
  timeoutMs?: number
  /** The longest pause between two attempts in milliseconds. 60,000 by default. A longer `Retry-After` is not waited for. */
  longestPauseMs?: number
  /** Replaces the global `fetch`, for example to send a call through a proxy. */
  fetch?: typeof globalThis.fetch
}

export type Connection = Required<ConnectOptions>

/** Fills in the defaults. Throws a TypeError if an option makes no sense. */
export function withDefaults(options: ConnectOptions): Connection {
  const connection = { attempts: 5, timeoutMs: 35_000, longestPauseMs: 60_000, fetch: globalThis.fetch, ...options }
  for (const name of ['attempts', 'timeoutMs', 'longestPauseMs'] as const)
    if (!(connection[name] >= 1)) throw new TypeError(`${name} must be at least 1`)
  return { ...connection, baseUrl: new URL(connection.baseUrl).href.replace(/\/$/, '') }
}
