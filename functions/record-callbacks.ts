import { environment } from '../lib/environment.ts'
import { queueHandler } from '../lib/events/queue-handler.ts'
import { readReceivedCallback } from '../lib/events/read-received-callback.ts'
import { createLog } from '../lib/log.ts'
import { recordCallback, type RecordDependencies } from '../lib/profile/record-callback.ts'
import { connectSecrets, listenerAuthenticator } from '../lib/secrets.ts'
import { createStore } from '../lib/store/store.ts'
import { connectTable } from '../lib/store/table.ts'
import type { CallbackCredentials } from '../lib/profile/callback.ts'
import { authenticateCallback } from '../lib/thingspace/callback-credentials.ts'
import { readCallback } from '../lib/thingspace/callback.ts'

/** The callbacks queue, filled by API Gateway itself: each message is written as a result, or set aside. */
export const createHandler = (dependencies: RecordDependencies) =>
  queueHandler(async (record, inTurn) => {
    await recordCallback(readReceivedCallback(record), dependencies, inTurn)
  }, dependencies)

const { requireCredentials, ...settings } = environment.callbacks()

const log = createLog(environment.log())

export const handler = log.metered(
  createHandler({
    store: createStore(connectTable({ ...environment.table(), clock: Date.now })),
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
