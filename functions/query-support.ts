import * as environment from '../lib/environment.ts'
import type { ApiDependencies } from '../lib/http/api-call.ts'
import { apiHandler } from '../lib/http/api-handler.ts'
import { type CountFailuresDependencies, showFailureCounts } from '../lib/http/support/show-failure-counts.ts'
import { listAccounts, showAccount, type ShowAccountsDependencies } from '../lib/http/support/show-accounts.ts'
import { showCard, type ShowCardDependencies } from '../lib/http/support/show-card.ts'
import { showDecisions } from '../lib/http/support/show-decisions.ts'
import { showFailures, type ShowFailuresDependencies } from '../lib/http/support/show-failures.ts'
import { showPlan } from '../lib/http/support/show-plan.ts'
import { showSearch, type ShowSearchDependencies } from '../lib/http/support/show-search.ts'
import { createLog } from '../lib/log.ts'
import type { ListDecisionsDependencies } from '../lib/profile/support/decisions/list-decisions.ts'
import type { PlanStore } from '../lib/profile/support/plans/frozen-plan.ts'
import { accountListStore } from '../lib/store/account-lists.ts'
import { waitingDecisions } from '../lib/store/decisions/waiting-decisions.ts'
import { planStore } from '../lib/store/decisions/plans.ts'
import { deviceStore } from '../lib/store/devices.ts'
import { dueStore } from '../lib/store/due.ts'
import { failureLists } from '../lib/store/failures/failure-lists.ts'
import { listenerStore } from '../lib/store/listeners.ts'
import { manifestStore } from '../lib/store/manifests.ts'
import { upstreamStore } from '../lib/store/orphans.ts'
import { quarantineReview } from '../lib/store/quarantine-review.ts'
import { requestStore } from '../lib/store/requests.ts'
import { resultStore } from '../lib/store/results.ts'
import { submissionStore } from '../lib/store/submissions.ts'
import { connectTable } from '../lib/store/table/table.ts'

export type SupportDependencies = ShowFailuresDependencies &
  CountFailuresDependencies &
  ShowSearchDependencies &
  ShowCardDependencies &
  ShowAccountsDependencies &
  ListDecisionsDependencies &
  ApiDependencies & { store: Pick<PlanStore, 'getPlan'> }

/** The GET routes for those who support the apps: what is known of a card, what failed and why, what waits for a decision, and how each account is. They only read. */
export const createHandler = (dependencies: SupportDependencies) =>
  apiHandler(async ({ event, caller }) => {
    const { pathParameters: path, queryStringParameters: query, headers } = event
    switch (event.routeKey) {
      case 'GET /v1/search':
        return showSearch(caller, query, dependencies)
      case 'GET /v1/cards/{kind}/{id}':
        return showCard(caller, { path, query }, dependencies)
      case 'GET /v1/failures':
        return showFailures(caller, { query, accept: headers['accept'] }, dependencies)
      case 'GET /v1/failures/counts':
        return showFailureCounts(caller, query, dependencies)
      case 'GET /v1/accounts':
        return listAccounts(caller, query, dependencies)
      case 'GET /v1/accounts/{accountName}':
        return showAccount(caller, { path, query }, dependencies)
      case 'GET /v1/decisions/plans/{planId}':
        return showPlan(caller, { planId: path?.['planId'], accept: headers['accept'] }, dependencies)
      case 'GET /v1/decisions':
        return showDecisions(caller, query, dependencies)
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
      ...accountListStore(table),
      ...manifestStore(table),
      ...submissionStore(table),
      ...resultStore(table),
      ...deviceStore(table),
      ...upstreamStore(table),
      ...quarantineReview(table),
      ...waitingDecisions(table),
      ...dueStore(table),
      ...listenerStore(table),
      ...planStore(table),
      ...failureLists(table),
    },
    settings: environment.protocol(),
    servedAccounts: environment.servedAccounts().accounts,
    access: environment.access(),
    clock: Date.now,
    log,
  }),
)
