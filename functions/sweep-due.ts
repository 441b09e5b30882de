import type { ScheduledEvent } from 'aws-lambda'
import { environment } from '../lib/environment.ts'
import { connectSubmissionQueue } from '../lib/events/submission-queue.ts'
import { createLog } from '../lib/log.ts'
import { sweepDue, type SweepDependencies } from '../lib/profile/sweep-due.ts'
import { createStore } from '../lib/store/store.ts'
import { connectTable } from '../lib/store/table.ts'

/** Each minute: everything whose time has come. */
export const createHandler = (dependencies: SweepDependencies) => async (_event: ScheduledEvent) => {
  const counts = await sweepDue(dependencies)
  dependencies.log.info('sweep finished', counts)
  return counts
}

export const handler = createHandler({
  store: createStore(connectTable(environment.table())),
  queue: connectSubmissionQueue(environment.queue()),
  settings: environment.protocol(),
  clock: Date.now,
  random: Math.random,
  // Below the function's own limit, so that the item at hand is finished.
  sweepMilliseconds: 45_000,
  log: createLog(environment.log()),
})
