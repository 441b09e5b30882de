import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectFlowControl } from '../lib/connect-flow-control.ts'
import * as environment from '../lib/environment.ts'
import { readWorkMessage } from '../lib/events/read-work-message.ts'
import { queueHandler } from '../lib/events/queue-handler.ts'
import { connectSubmissionQueue } from '../lib/events/submission-queue.ts'
import { createLog } from '../lib/log.ts'
import { type WorkMessageDependencies, handleWorkMessage } from '../lib/profile/submission/handle-work-message.ts'
import { countDeadLetter, type DeadLetterDependencies } from '../lib/profile/submission/count-dead-letter.ts'
import { createStore } from '../lib/store/store.ts'
import { connectTable } from '../lib/store/table/table.ts'
import { connectThingSpace } from '../lib/thingspace/connect.ts'
import { thingSpaceOptions } from '../lib/thingspace-options.ts'

/**
 * Deliveries before SQS moves a message to the dead-letter queue. A test compares it with the queue's
 * `maxReceiveCount`.
 */
export const receives = 5

/**
 * Handles the submissions queue. A work message names the next attempt of a submission, or a part of a bulk request
 * whose submissions are to be created and attempted.
 */
export const createHandler = (dependencies: WorkMessageDependencies & DeadLetterDependencies) =>
  queueHandler(({ body }) => handleWorkMessage(readWorkMessage(body), dependencies), {
    log: dependencies.log,
    lastFailure: {
      receives,
      count: ({ body }) => countDeadLetter(readWorkMessage(body), dependencies),
    },
  })

const log = createLog(environment.log())
const clock = Date.now
const table = connectTable({ ...environment.table(), clock })
const settings = environment.protocol()
const thingSpace = environment.thingSpace()

export const handler = log.metered(
  createHandler({
    store: createStore(table),
    queue: connectSubmissionQueue(environment.queue()),
    thingSpace: connectThingSpace(thingSpaceOptions({ ...thingSpace, table, clock, log })),
    settings,
    flow: connectFlowControl({ table, credentialSets: thingSpace.credentialSets, settings, clock, log }),
    clock,
    random: Math.random,
    newId: randomUUID,
    // The function ends after 45 s, and the outcome has to be stored within them.
    budgetMilliseconds: 30_000,
    recordMilliseconds: 5_000,
    sleep,
    log,
  }),
)
