import type { Clock, Log } from './profile/ports.ts'
import { connectSecrets, type Reader, thingSpaceSecrets } from './secrets.ts'
import { credentialStore } from './store/credentials/credentials.ts'
import type { Table } from './store/table/table.ts'
import type { ConnectOptions } from './thingspace/connect.ts'

type Deployed = {
  baseUrl: string
  /** The secret with the credential sets. */
  secretId: string
  credentialSets: ConnectOptions['credentialSets']
  table: Table
  clock: Clock
  log: Log
  /** A function that reads other secrets too passes its reader, so that both share one cache. */
  readSecret?: Reader
}

/**
 * Options of a connection to ThingSpace in a deployed function: tokens are shared through the table, secrets come from
 * Secrets Manager. `baseUrl`, `secretId` and `credentialSets` are the slice `environment.thingSpace()`.
 */
export const thingSpaceOptions = ({
  secretId,
  table,
  clock,
  readSecret = connectSecrets(clock),
  ...options
}: Deployed): ConnectOptions => ({
  ...options,
  clock,
  credentialStore: credentialStore(table),
  secrets: thingSpaceSecrets(readSecret, secretId),
  random: Math.random,
})
