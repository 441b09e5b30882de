import { randomBytes } from 'node:crypto'
import { connectAudit } from '../lib/connect-audit.ts'
import * as environment from '../lib/environment.ts'
import { scheduleHandler } from '../lib/events/schedule-handler.ts'
import { createLog } from '../lib/log.ts'
import type { Log } from '../lib/profile/ports.ts'
import { type KeepDependencies, keepListeners } from '../lib/profile/listener/keep-listener.ts'
import { rotateListener } from '../lib/profile/listener/rotate-listener.ts'
import { connectSecrets, listenerSecret, saveListenerSecret } from '../lib/secrets.ts'
import { createStore } from '../lib/store/store.ts'
import { connectTable } from '../lib/store/table/table.ts'
import { connectListeners } from '../lib/thingspace/connect.ts'
import { thingSpaceOptions } from '../lib/thingspace-options.ts'

/**
 * Runs each hour. Checks that ThingSpace calls back our address with current credentials, and repairs registrations.
 */
export const createHandler = (connect: () => Promise<KeepDependencies>, { log }: { log: Log }) =>
  scheduleHandler(
    async () => keepListeners(await connect()),
    (counts) => log.info('listeners checked', counts),
  )

const log = createLog(environment.log())
const clock = Date.now
const readSecret = connectSecrets(clock)
const listener = environment.listener()
const { accounts } = environment.servedAccounts()
const { segmentSecretId, publicUrl, takeOver, rotateEveryDays } = environment.callbackEndpoint()
const table = connectTable({ ...environment.table(), clock })
const store = createStore(table)
const audit = connectAudit({ table, ...environment.audit(), origin: { via: 'gateway' }, log })
const listeners = connectListeners(thingSpaceOptions({ ...environment.thingSpace(), table, clock, log, readSecret }))

/** The function ends after 60 s. A registration that begins last may need 30 s at ThingSpace and 9 s at the table. */
const keepMilliseconds = 20_000

export const handler = log.metered(
  createHandler(
    async () => {
      const stopAt = clock() + keepMilliseconds
      const listenerCredentials = await rotateListener({
        readSecret: () => listenerSecret(readSecret, listener.secretId, { fresh: true }),
        saveSecret: (secret) => saveListenerSecret(listener.secretId, secret),
        everyDays: rotateEveryDays,
        // 40 characters, the most that ThingSpace accepts.
        newPassword: () => randomBytes(30).toString('base64url'),
        audit,
        clock,
        log,
      })
      const segment = await readSecret(segmentSecretId)
      return {
        listeners,
        accounts,
        takeOver,
        urlFor: (accountName) => `${publicUrl}/callbacks/${segment}/${encodeURIComponent(accountName)}`,
        ...listenerCredentials,
        store,
        audit,
        by: 'gateway',
        stopAt,
        clock,
        log,
      }
    },
    { log },
  ),
)
