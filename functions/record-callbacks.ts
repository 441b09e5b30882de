import * as environment from '../lib/environment.ts'
import { queueHandler } from '../lib/events/queue-handler.ts'
import { readReceivedCallback } from '../lib/events/read-received-callback.ts'
import { createLog } from '../lib/log.ts'
import type { Log } from '../lib/profile/ports.ts'
import { createAllowance } from '../lib/profile/callback/allowance.ts'
import { recordCallback, type RecordDependencies } from '../lib/profile/callback/record-callback.ts'
import { connectSecrets, listenerAuthenticator } from '../lib/secrets.ts'
import { callbackTestStore } from '../lib/store/listeners.ts'
import { quarantineStore } from '../lib/store/quarantine.ts'
import { resultStore } from '../lib/store/results.ts'
import { connectTable } from '../lib/store/table/table.ts'
import type { CallbackCredentials } from '../lib/profile/request/callback.ts'
import { authenticateCallback } from '../lib/thingspace/callback/credentials.ts'
import { readCallback } from '../lib/thingspace/callback/read-callback.ts'

/** The function ends after 30 s. Its batch ends earlier, so that finished messages are reported as done. */
const patience = { batchMilliseconds: 24_000, messageMilliseconds: 8_000 }
/** Unauthenticated messages that each environment keeps whole per minute. It only counts further ones. */
const keptPerMinute = 60

/**
 * Handles the callbacks queue, which API Gateway fills without our code. Writes each callback as a result, whether or
 * not its upstream request id is known, or quarantines it. project-changes finds out which results are orphans.
 */
export function createHandler(dependencies: Omit<RecordDependencies, 'allowance' | 'inTurn'> & { log: Log }) {
  const allowance = createAllowance(keptPerMinute)
  return queueHandler(
    async (record, inTurn) => {
      await recordCallback(readReceivedCallback(record), { ...dependencies, allowance, inTurn })
    },
    { log: dependencies.log, patience },
  )
}

const { requireCredentials, ...settings } = environment.callbacks()

const log = createLog(environment.log())
const table = connectTable({ ...environment.table(), clock: Date.now })

export const handler = log.metered(
  createHandler({
    store: { ...resultStore(table), ...quarantineStore(table), ...callbackTestStore(table) },
    readCallback,
    authenticate: listenerAuthenticator(
      connectSecrets(Date.now),
      environment.listener().secretId,
      (credentials: CallbackCredentials | undefined, secret) =>
        authenticateCallback(credentials, { ...secret, requireCredentials }),
    ),
    settings,
    log,
  }),
)
