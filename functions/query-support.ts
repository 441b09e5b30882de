import * as environment from '../lib/environment.ts'
import type { ApiDependencies } from '../lib/http/api-call.ts'
import { apiHandler } from '../lib/http/api-handler.ts'
import { type CountFailuresDependencies, showFailureCounts } from '../lib/http/support/show-failure-counts.ts'
import { showFailures, type ShowFailuresDependencies } from '../lib/http/support/show-failures.ts'
import { createLog } from '../lib/log.ts'
import { failureLists } from '../lib/store/failures/failure-lists.ts'
import { connectTable } from '../lib/store/table/table.ts'

export type SupportDependencies = ShowFailuresDependencies & CountFailuresDependencies & ApiDependencies

/** The GET routes for those who support the apps: what failed, and why. They only read. */
export const createHandler = (dependencies: SupportDependencies) =>
  apiHandler(async ({ event, caller }) => {
    const { queryStringParameters: query, headers } = event
    switch (event.routeKey) {
      case 'GET /v1/failures':
        return showFailures(caller, { query, accept: headers['accept'] }, dependencies)
      case 'GET /v1/failures/counts':
        return showFailureCounts(caller, query, dependencies)
      default:
        throw new Error(`serverless.yml routes ${event.routeKey} to a function that does not handle it`)
    }
  }, dependencies)

const log = createLog(environment.log())
const table = connectTable({ ...environment.table(), clock: Date.now })

export const handler = log.metered(
  createHandler({ store: failureLists(table), access: environment.access(), clock: Date.now, log }),
)
