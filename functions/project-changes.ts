import * as environment from '../lib/environment.ts'
import { streamHandler } from '../lib/events/stream-handler.ts'
import { connectTopic } from '../lib/events/topic.ts'
import { createLog } from '../lib/log.ts'
import { projectChanges, type ProjectDependencies } from '../lib/profile/callback/project-changes.ts'
import { createStore } from '../lib/store/store.ts'
import { changeOf } from '../lib/store/stream-change.ts'
import { connectTable } from '../lib/store/table/table.ts'

/** Handles the table's stream: updates the summaries of requests and publishes events about changes. */
export const createHandler = (dependencies: ProjectDependencies) =>
  streamHandler((records) => projectChanges(records, dependencies), dependencies)

const log = createLog(environment.log())

export const handler = log.metered(
  createHandler({
    store: createStore(connectTable({ ...environment.table(), clock: Date.now })),
    topic: connectTopic(environment.events()),
    readChange: changeOf,
    settings: environment.protocol(),
    clock: Date.now,
    log,
    // The function ends after 60 s. A change that begins last may wait 18 s for a table that does not answer.
    projectMilliseconds: 35_000,
  }),
)
