import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import * as environment from '../lib/environment.ts'
import { readWorkMessage } from '../lib/events/read-work-message.ts'
import { queueHandler } from '../lib/events/queue-handler.ts'
import { connectSubmissionQueue } from '../lib/events/submission-queue.ts'
import { createLog } from '../lib/log.ts'
import { type WorkMessageDependencies, handleWorkMessage } from '../lib/profile/submission/handle-work-message.ts'
import { countDeadLetter, type DeadLetterDependencies } from '../lib/profile/submission/count-dead-letter.ts'
import { connectSecrets, thingSpaceSecrets } from '../lib/secrets.ts'
import { credentialStore } from '../lib/store/credentials.ts'
import { createStore } from '../lib/store/store.ts'
import { connectTable } from '../lib/store/table/table.ts'
import { connectThingSpace } from '../lib/thingspace/connect.ts'

/** As the queue's `maxReceiveCount`; a test holds it against serverless.yml. */
export const receives = 5

/** The submissions queue: the next attempt of a submission, or the first ones of a bulk request's part. */
export const createHandler = (dependencies: WorkMessageDependencies & DeadLetterDependencies) =>
  queueHandler(({ body }) => handleWorkMessage(readWorkMessage(body), dependencies), dependencies, {
    receives,
    note: ({ body }) => countDeadLetter(readWorkMessage(body), dependencies),
  })

const log = createLog(environment.log())
const clock = Date.now
const table = connectTable({ ...environment.table(), clock })
const { secretId, ...thingSpace } = environment.thingSpace()

export const handler = log.metered(
  createHandler({
    store: createStore(table),
    queue: connectSubmissionQueue(environment.queue()),
    thingSpace: connectThingSpace({
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
    newId: randomUUID,
    // Below the function's 45 s, with room to write the outcome.
    budgetMilliseconds: 30_000,
    recordMilliseconds: 5_000,
    sleep,
    log,
  }),
)
