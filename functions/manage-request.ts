import { connectAudit } from '../lib/connect-audit.ts'
import * as environment from '../lib/environment.ts'
import { connectSubmissionQueue } from '../lib/events/submission-queue.ts'
import type { ApiDependencies } from '../lib/http/api-call.ts'
import { apiHandler } from '../lib/http/api-handler.ts'
import { type DecideDependencies, retry, stop } from '../lib/http/requests/decide.ts'
import { findRequest } from '../lib/http/requests/find-request.ts'
import { createLog } from '../lib/log.ts'
import { createStore } from '../lib/store/store.ts'
import { connectTable } from '../lib/store/table/table.ts'

/** POST /v1/requests/{requestId}/retry and /cancel: decisions by a person or an app about a request. */
export const createHandler = (dependencies: DecideDependencies & ApiDependencies) =>
  apiHandler(async ({ event, caller }) => {
    const request = await findRequest(event.pathParameters?.['requestId'], caller, dependencies.store)
    switch (event.routeKey) {
      case 'POST /v1/requests/{requestId}/retry':
        return retry(request, { event, caller }, dependencies)
      case 'POST /v1/requests/{requestId}/cancel':
        return stop(request, { event, caller }, dependencies)
      default:
        throw new Error(`serverless.yml routes ${event.routeKey} to a function that does not handle it`)
    }
  }, dependencies)

const log = createLog(environment.log())
const clock = Date.now
const table = connectTable({ ...environment.table(), clock })

export const handler = log.metered(
  createHandler({
    store: createStore(table),
    audit: connectAudit({ table, ...environment.audit(), origin: { via: 'api' }, log }),
    queue: connectSubmissionQueue(environment.queue()),
    access: environment.access(),
    settings: environment.protocol(),
    clock,
    // API Gateway ends a call after 30 s.
    decideMilliseconds: 20_000,
    random: Math.random,
    log,
  }),
)
