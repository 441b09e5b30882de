import { randomUUID } from 'node:crypto'
import { connectAudit } from '../lib/connect-audit.ts'
import * as environment from '../lib/environment.ts'
import { connectSubmissionQueue } from '../lib/events/submission-queue.ts'
import type { ApiDependencies } from '../lib/http/api-call.ts'
import { apiHandler } from '../lib/http/api-handler.ts'
import { type DecideDependencies, retry, stop } from '../lib/http/requests/decide.ts'
import { reorder } from '../lib/http/requests/reorder.ts'
import { findRequest } from '../lib/http/requests/find-request.ts'
import { createLog } from '../lib/log.ts'
import { createAdmit } from '../lib/profile/listener/admit-accounts.ts'
import type { ReorderDependencies } from '../lib/profile/reorder/reorder-request.ts'
import { deviceStore } from '../lib/store/devices.ts'
import { dueStore } from '../lib/store/due.ts'
import { listenerStore } from '../lib/store/listeners.ts'
import { manifestStore } from '../lib/store/manifests.ts'
import { upstreamStore } from '../lib/store/orphans.ts'
import { requestStore } from '../lib/store/requests.ts'
import { resultStore } from '../lib/store/results.ts'
import { retentionStore } from '../lib/store/retention.ts'
import { transitionStore } from '../lib/store/submission-transitions.ts'
import { submissionStore } from '../lib/store/submissions.ts'
import { connectTable } from '../lib/store/table/table.ts'

export type ManageRequestDependencies = DecideDependencies & ReorderDependencies

/** POST /v1/requests/{requestId}/retry, /cancel and /reorder: decisions by a person or an app about a request. */
export const createHandler = (dependencies: ManageRequestDependencies & ApiDependencies) =>
  apiHandler(async ({ event, caller }) => {
    const request = await findRequest(event.pathParameters?.['requestId'], caller, dependencies.store)
    switch (event.routeKey) {
      case 'POST /v1/requests/{requestId}/retry':
        return retry(request, { event, caller }, dependencies)
      case 'POST /v1/requests/{requestId}/cancel':
        return stop(request, { event, caller }, dependencies)
      case 'POST /v1/requests/{requestId}/reorder':
        return reorder(request, { event, caller }, dependencies)
      default:
        throw new Error(`serverless.yml routes ${event.routeKey} to a function that does not handle it`)
    }
  }, dependencies)

const log = createLog(environment.log())
const clock = Date.now
const table = connectTable({ ...environment.table(), clock })

export const handler = log.metered(
  createHandler({
    store: {
      ...requestStore(table),
      ...manifestStore(table),
      ...retentionStore(table),
      ...submissionStore(table),
      ...transitionStore(table),
      ...resultStore(table),
      ...upstreamStore(table),
      ...dueStore(table),
      ...deviceStore(table),
    },
    audit: connectAudit({ table, ...environment.audit(), origin: { via: 'api' }, log }),
    queue: connectSubmissionQueue(environment.queue()),
    access: environment.access(),
    admit: createAdmit({ ...environment.servedAccounts(), store: listenerStore(table), clock, log }),
    settings: environment.protocol(),
    clock,
    // API Gateway ends a call after 30 s.
    decideMilliseconds: 20_000,
    random: Math.random,
    newId: randomUUID,
    log,
  }),
)
