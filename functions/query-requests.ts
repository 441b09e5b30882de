import { setTimeout as sleep } from 'node:timers/promises'
import * as environment from '../lib/environment.ts'
import type { ApiDependencies } from '../lib/http/api-call.ts'
import { apiHandler } from '../lib/http/api-handler.ts'
import { listDeviceHistory } from '../lib/http/requests/device-history.ts'
import type { HistoryDependencies } from '../lib/http/requests/history-page.ts'
import { findRequest } from '../lib/http/requests/find-request.ts'
import { type ListDependencies, listRequests } from '../lib/http/requests/list-requests.ts'
import { showDevices } from '../lib/http/requests/show-devices.ts'
import { type ShowDependencies, showRequest } from '../lib/http/requests/show-request.ts'
import { showEvidence } from '../lib/http/support/show-evidence.ts'
import { showTimeline } from '../lib/http/support/show-timeline.ts'
import { createLog } from '../lib/log.ts'
import { accountListStore } from '../lib/store/account-lists.ts'
import { deviceStore } from '../lib/store/devices.ts'
import { manifestStore } from '../lib/store/manifests.ts'
import { requestStore } from '../lib/store/requests.ts'
import { resultStore } from '../lib/store/results.ts'
import { submissionStore } from '../lib/store/submissions.ts'
import { connectTable } from '../lib/store/table/table.ts'

export type QueryDependencies = ListDependencies & HistoryDependencies & ShowDependencies & ApiDependencies

/** The GET routes of requests and devices, and /health. They only read. */
export const createHandler = (dependencies: QueryDependencies) =>
  apiHandler(async ({ event, caller }) => {
    const { pathParameters: path, queryStringParameters: query, headers } = event
    const named = () => findRequest(path?.['requestId'], caller, dependencies.store)
    switch (event.routeKey) {
      case 'GET /v1/requests':
        return listRequests(caller, query, dependencies)
      case 'GET /v1/requests/{requestId}':
        return showRequest(await named(), { ifNoneMatch: headers['if-none-match'], query }, dependencies)
      case 'GET /v1/requests/{requestId}/devices':
        return showDevices(await named(), { query, accept: headers['accept'] }, dependencies)
      case 'GET /v1/requests/{requestId}/timeline':
        return showTimeline(await named(), query, dependencies)
      case 'GET /v1/requests/{requestId}/evidence':
        return showEvidence(await named(), { query, accept: headers['accept'] }, dependencies)
      case 'GET /v1/devices/{kind}/{id}/requests':
        return listDeviceHistory(caller, { path, query }, dependencies)
      case 'GET /health':
        return { status: 200, body: { status: 'ok' } }
      default:
        throw new Error(`serverless.yml routes ${event.routeKey} to a function that does not handle it`)
    }
  }, dependencies)

const log = createLog(environment.log())
const table = connectTable({ ...environment.table(), clock: Date.now })

export const handler = log.metered(
  createHandler({
    store: {
      ...requestStore(table),
      ...manifestStore(table),
      ...accountListStore(table),
      ...submissionStore(table),
      ...resultStore(table),
      ...deviceStore(table),
    },
    access: environment.access(),
    settings: environment.protocol(),
    clock: Date.now,
    sleep,
    log,
  }),
)
