import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import * as z from 'zod'

/** How a process on this machine reaches what a running local stack holds. Secrets are named, not given. */
export const Connection = z.object({
  apiUrl: z.url(),
  /** The functions' own variables, with the endpoints of this machine. */
  environment: z.record(z.string(), z.string()),
  /** URLs by the queue's name in serverless.yml. */
  queues: z.record(z.string(), z.string()),
})
export type Connection = z.infer<typeof Connection>

export function writeConnection(file: string, connection: Connection): void {
  mkdirSync(dirname(resolve(file)), { recursive: true })
  writeFileSync(file, `${JSON.stringify(connection, undefined, 2)}\n`, { mode: 0o600 })
}

/** Nothing if no stack has left one, or it has been cut short. */
export function readConnection(file: string): Connection | undefined {
  try {
    return Connection.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

export const removeConnection = (file: string): void => rmSync(file, { force: true })
