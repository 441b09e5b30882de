import { environment } from '../lib/environment.ts'
import { createLog } from '../lib/log.ts'
import { type KeepDependencies, keepListeners } from '../lib/profile/keep-listener.ts'
import { connectSecrets, listenerSecret, thingSpaceSecrets } from '../lib/secrets.ts'
import { credentialStore } from '../lib/store/credentials.ts'
import { connectTable } from '../lib/store/table.ts'
import { connectListeners } from '../lib/thingspace/connect.ts'

/** Each hour: the callback registrations at ThingSpace are ours and current. */
export const createHandler = (connect: () => Promise<KeepDependencies>) => async () => {
  const dependencies = await connect()
  const counts = await keepListeners(dependencies)
  dependencies.log.info('listeners looked after', counts)
  return counts
}

const log = createLog(environment.log())
const clock = Date.now
const readSecret = connectSecrets(clock)
const listener = environment.listener()
const { segmentSecretId, publicUrl, accounts, takeOver } = environment.door()
const { secretId, ...thingSpace } = environment.thingSpace()
const listeners = connectListeners({
  ...thingSpace,
  credentialStore: credentialStore(connectTable(environment.table())),
  secrets: thingSpaceSecrets(readSecret, secretId),
  clock,
  random: Math.random,
  log,
})

export const handler = createHandler(async () => {
  // Read anew each time: a rotated password is to be registered within the hour.
  const { username, current } = await listenerSecret(readSecret, listener.secretId, { fresh: true })
  const segment = await readSecret(segmentSecretId)
  return {
    listeners,
    accounts,
    takeOver,
    urlFor: (accountName) => `${publicUrl}/callbacks/${segment}/${encodeURIComponent(accountName)}`,
    credentials: { username, password: current },
    log,
  }
})
