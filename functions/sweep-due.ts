import type { ScheduledEvent } from 'aws-lambda'
import * as environment from '../lib/environment.ts'
import { connectSubmissionQueue } from '../lib/events/submission-queue.ts'
import { createLog } from '../lib/log.ts'
import type { SweepDependencies } from '../lib/profile/sweep/sweep-dependencies.ts'
import { sweepDue } from '../lib/profile/sweep/sweep-due.ts'
import { connectSecrets, thingSpaceSecrets } from '../lib/secrets.ts'
import { credentialStore } from '../lib/store/credentials.ts'
import { createStore } from '../lib/store/store.ts'
import { connectTable } from '../lib/store/table/table.ts'
import { connectRequestStatus } from '../lib/thingspace/connect.ts'

/** Each minute: everything whose time has come. */
export const createHandler = (dependencies: SweepDependencies) => async (_event: ScheduledEvent) => {
  const counts = await sweepDue(dependencies)
  dependencies.log.info('sweep finished', counts)
  return counts
}

const log = createLog(environment.log())
const clock = Date.now
const table = connectTable({ ...environment.table(), clock })
const { secretId, ...thingSpace } = environment.thingSpace()

export const handler = log.metered(
  createHandler({
    store: createStore(table),
    queue: connectSubmissionQueue(environment.queue()),
    requestStatus: connectRequestStatus({
      ...thingSpace,
      credentialStore: credentialStore(table),
      secrets: thingSpaceSecrets(connectSecrets(clock), secretId),
      clock,
      random: Math.random,
      log,
    }),
    settings: environment.protocol(),
    clock,
    random: Math.random,
    // Below the function's own limit, so that the item at hand is finished.
    // An item begun at the end of it may wait 18 s for a table that does not answer; the function has 55 s.
    sweepMilliseconds: 35_000,
    log,
  }),
)
