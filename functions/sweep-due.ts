import { connectAudit } from '../lib/connect-audit.ts'
import * as environment from '../lib/environment.ts'
import { scheduleHandler } from '../lib/events/schedule-handler.ts'
import { connectSubmissionQueue } from '../lib/events/submission-queue.ts'
import { createLog } from '../lib/log.ts'
import type { SweepDependencies } from '../lib/profile/sweep/sweep-dependencies.ts'
import { sweepDue } from '../lib/profile/sweep/sweep-due.ts'
import { createStore } from '../lib/store/store.ts'
import { connectTable } from '../lib/store/table/table.ts'
import { connectRequestStatus } from '../lib/thingspace/connect.ts'
import { thingSpaceOptions } from '../lib/thingspace-options.ts'

/**
 * Runs each minute. Works through every item whose `dueAt` has passed: expired leases, deadlines, orphans, summaries.
 */
export const createHandler = (dependencies: SweepDependencies) =>
  scheduleHandler(
    () => sweepDue(dependencies),
    (counts) => dependencies.log.info('sweep finished', counts),
  )

const log = createLog(environment.log())
const clock = Date.now
const table = connectTable({ ...environment.table(), clock })

export const handler = log.metered(
  createHandler({
    store: createStore(table),
    audit: connectAudit({ table, ...environment.audit(), origin: { via: 'gateway' }, log }),
    queue: connectSubmissionQueue(environment.queue()),
    requestStatus: connectRequestStatus(thingSpaceOptions({ ...environment.thingSpace(), table, clock, log })),
    settings: environment.protocol(),
    clock,
    random: Math.random,
    sweepMilliseconds: 35_000,
    // The function ends after 220 s. An item that begins last may wait 18 s for a table that does not answer.
    shareMilliseconds: 200_000,
    lanes: 20,
    pageItems: 100,
    // Their keys fit into one read unit.
    probedItems: 40,
    log,
  }),
)
