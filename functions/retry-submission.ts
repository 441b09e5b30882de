import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import * as environment from '../lib/environment.ts'
import { readPointer } from '../lib/events/read-pointer.ts'
import { queueHandler } from '../lib/events/queue-handler.ts'
import { connectSubmissionQueue } from '../lib/events/submission-queue.ts'
import { createLog } from '../lib/log.ts'
import { type FollowDependencies, followPointer } from '../lib/profile/submission/handle-work-message.ts'
import { noteDeadLetter, type NoteDependencies } from '../lib/profile/submission/note-dead-letter.ts'
import { connectSecrets, thingSpaceSecrets } from '../lib/secrets.ts'
import { credentialStore } from '../lib/store/credentials.ts'
import { createStore } from '../lib/store/store.ts'
import { connectTable } from '../lib/store/table/table.ts'
import { connectThingSpace } from '../lib/thingspace/connect.ts'

/** As the queue's `maxReceiveCount`; a test holds it against serverless.yml. */
export const receives = 5

/** The submissions queue: the next attempt of a submission, or the first ones of a bulk request's part. */
export const createHandler = (dependencies: FollowDependencies & NoteDependencies) =>
  queueHandler(({ body }) => followPointer(readPointer(body), dependencies), dependencies, {
    receives,
    note: ({ body }) => noteDeadLetter(readPointer(body), dependencies),
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
