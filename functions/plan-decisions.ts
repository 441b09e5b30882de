import { randomUUID } from 'node:crypto'
import { connectAudit } from '../lib/connect-audit.ts'
import * as environment from '../lib/environment.ts'
import { connectSubmissionQueue } from '../lib/events/submission-queue.ts'
import type { ApiDependencies } from '../lib/http/api-call.ts'
import { apiHandler } from '../lib/http/api-handler.ts'
import { createPlan, execute, type PlanDependencies, stopPlan } from '../lib/http/support/plans.ts'
import { createLog } from '../lib/log.ts'
import { accountListStore } from '../lib/store/account-lists.ts'
import { planStore } from '../lib/store/decisions/plans.ts'
import { waitingDecisions } from '../lib/store/decisions/waiting-decisions.ts'
import { deviceStore } from '../lib/store/devices.ts'
import { dueStore } from '../lib/store/due.ts'
import { manifestStore } from '../lib/store/manifests.ts'
import { upstreamStore } from '../lib/store/orphans.ts'
import { requestStore } from '../lib/store/requests.ts'
import { resultStore } from '../lib/store/results.ts'
import { retentionStore } from '../lib/store/retention.ts'
import { transitionStore } from '../lib/store/submission-transitions.ts'
import { submissionStore } from '../lib/store/submissions.ts'
import { connectTable } from '../lib/store/table/table.ts'

/** Decisions about many submissions: makes, carries out and stops plans. */
export const createHandler = (dependencies: PlanDependencies & ApiDependencies) =>
  apiHandler(async ({ event, caller }) => {
    switch (event.routeKey) {
      case 'POST /v1/decisions/plans':
        return createPlan({ event, caller }, dependencies)
      case 'POST /v1/decisions/plans/{planId}/execute':
        return execute({ event, caller }, dependencies)
      case 'POST /v1/decisions/plans/{planId}/stop':
        return stopPlan({ event, caller }, dependencies)
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
      ...accountListStore(table),
      ...retentionStore(table),
      ...submissionStore(table),
      ...transitionStore(table),
      ...resultStore(table),
      ...upstreamStore(table),
      ...dueStore(table),
      ...deviceStore(table),
      ...waitingDecisions(table),
      ...planStore(table),
    },
    audit: connectAudit({ table, ...environment.audit(), origin: { via: 'api' }, log }),
    queue: connectSubmissionQueue(environment.queue()),
    access: environment.access(),
    settings: environment.protocol(),
    clock,
    // API Gateway ends a call after 30 s.
    decideMilliseconds: 20_000,
    random: Math.random,
    newId: randomUUID,
    log,
  }),
)
