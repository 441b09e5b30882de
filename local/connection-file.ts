import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import * as z from 'zod'

/**
 * The connection file, with which `npm run ops` reaches the running local stack. It names the secrets but does not contain
 * them.
 */
export const Connection = z.object({
  apiUrl: z.url(),
  issuerUrl: z.url().optional(),
  /** The environment variables of the functions, with the local endpoints. */
  environment: z.record(z.string(), z.string()),
  /** Queue URLs by the logical id in serverless.yml. */
  queues: z.record(z.string(), z.string()),
})
export type Connection = z.infer<typeof Connection>

/** Writes the connection file, readable only by the current user. */
export function writeConnection(file: string, connection: Connection): void {
  mkdirSync(dirname(resolve(file)), { recursive: true })
  writeFileSync(file, `${JSON.stringify(connection, undefined, 2)}\n`, { mode: 0o600 })
}

/** Reads the connection file. Returns undefined if it does not exist or is incomplete. */
export function readConnection(file: string): Connection | undefined {
  try {
    return Connection.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

/** Deletes the connection file when the stack stops. */
export const removeConnection = (file: string): void => rmSync(file, { force: true })
