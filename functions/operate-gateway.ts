import { connectAudit } from '../lib/connect-audit.ts'
import * as environment from '../lib/environment.ts'
import { classifiers } from '../lib/events/classify-dead-letters.ts'
import { connectDeadLetters } from '../lib/events/dead-letter-queue.ts'
import { connectListenerChecks } from '../lib/events/listener-checks.ts'
import type { ApiDependencies } from '../lib/http/api-call.ts'
import { apiHandler } from '../lib/http/api-handler.ts'
import { type DeadLettersDependencies, listDeadLetters, redriveOverHttp } from '../lib/http/operate/dead-letters.ts'
import { type LatchesDependencies, listLatches, openLatchOf } from '../lib/http/operate/latches.ts'
import { type FlowsDependencies, listFlows, resumeFlowOf } from '../lib/http/operate/flows.ts'
import { checkListeners, listListeners, type ListenersDependencies } from '../lib/http/operate/listeners.ts'
import {
  dismissMessage,
  listQuarantine,
  type QuarantineDependencies,
  rerunMessage,
  showQuarantined,
} from '../lib/http/operate/quarantine.ts'
import { showAudit, type ShowAuditDependencies } from '../lib/http/operate/show-audit.ts'
import { createLog } from '../lib/log.ts'
import { createPace } from '../lib/pace.ts'
import { connectSecrets, thingSpaceSecrets } from '../lib/secrets.ts'
import { auditStore } from '../lib/store/audit/audit-entries.ts'
import { flowStore } from '../lib/store/credentials/flows.ts'
import { latchStore } from '../lib/store/credentials/latches.ts'
import { listenerStore } from '../lib/store/listeners.ts'
import { quarantineReview } from '../lib/store/quarantine-review.ts'
import { resultStore } from '../lib/store/results.ts'
import { connectTable } from '../lib/store/table/table.ts'
import { readCallback } from '../lib/thingspace/callback/read-callback.ts'
import { connectLatches } from '../lib/thingspace/credentials/connect-latches.ts'
import { allCredentialSets } from '../lib/thingspace/credentials/credential-set.ts'

export type OperateDependencies = QuarantineDependencies &
  LatchesDependencies &
  FlowsDependencies &
  DeadLettersDependencies &
  ListenersDependencies &
  ShowAuditDependencies &
  ApiDependencies

/** The routes of those who operate the gateway. */
export const createHandler = (dependencies: OperateDependencies) =>
  apiHandler(async ({ event, caller }) => {
    const { pathParameters: path, queryStringParameters: query, headers } = event
    switch (event.routeKey) {
      case 'GET /v1/operate/quarantine':
        return listQuarantine(caller, query, dependencies)
      case 'GET /v1/operate/quarantine/{id}':
        return showQuarantined(caller, path?.['id'], dependencies)
      case 'POST /v1/operate/quarantine/{id}/rerun':
        return rerunMessage({ event, caller }, dependencies)
      case 'POST /v1/operate/quarantine/{id}/dismiss':
        return dismissMessage({ event, caller }, dependencies)
      case 'GET /v1/operate/latches':
        return listLatches(query, dependencies)
      case 'POST /v1/operate/latches/{credentialSet}/open':
        return openLatchOf({ event, caller }, dependencies)
      case 'GET /v1/operate/flows':
        return listFlows(query, dependencies)
      case 'POST /v1/operate/flows/{credentialSet}/resume':
        return resumeFlowOf({ event, caller }, dependencies)
      case 'GET /v1/operate/dead-letters':
        return listDeadLetters(caller, query, dependencies)
      case 'POST /v1/operate/dead-letters/{queue}/redrive':
        return redriveOverHttp({ event, caller }, dependencies)
      case 'GET /v1/operate/listeners':
        return listListeners(caller, query, dependencies)
      case 'POST /v1/operate/listeners/check':
        return checkListeners(caller, dependencies)
      case 'GET /v1/operate/audit':
        return showAudit(caller, { query, accept: headers['accept'] }, dependencies)
      default:
        throw new Error(`serverless.yml routes ${event.routeKey} to a function that does not handle it`)
    }
  }, dependencies)

/** As many as the command line sends by default. Work messages cause calls to ThingSpace. */
const redrivesPerSecond = 10

const log = createLog(environment.log())
const clock = Date.now
const table = connectTable({ ...environment.table(), clock })
const { retainSeconds } = environment.audit()
const audit = connectAudit({ table, retainSeconds, origin: { via: 'api' }, log })
const urls = environment.deadLetters()
const { secretId, credentialSets } = environment.thingSpace()

export const handler = log.metered(
  createHandler({
    access: environment.access(),
    store: {
      ...quarantineReview(table),
      ...resultStore(table),
      ...listenerStore(table),
      ...auditStore(table, { retainSeconds }),
    },
    // No queue waits for this call, so longer messages are read than record-callbacks takes.
    readCallback: (body) => readCallback(body, { largest: 1_000_000 }),
    latches: connectLatches(credentialSets, {
      store: latchStore(table),
      secrets: thingSpaceSecrets(connectSecrets(clock), secretId),
      audit,
    }),
    flows: {
      credentialSets: allCredentialSets(credentialSets),
      store: flowStore(table),
      most: environment.callLimit().postsAtOnce,
    },
    deadLetters: {
      submissions: connectDeadLetters({
        kind: 'submissions',
        ...urls.submissions,
        sourceUrl: environment.queue().queueUrls,
      }),
      callbacks: connectDeadLetters({ kind: 'callbacks', ...urls.callbacks }),
      changes: connectDeadLetters({ kind: 'changes', ...urls.changes }),
    },
    classifiers,
    accounts: environment.servedAccounts().accounts,
    askForCheck: connectListenerChecks(environment.listenerChecks()),
    createPace: () => createPace(redrivesPerSecond),
    auditRetainSeconds: retainSeconds,
    audit,
    clock,
    log,
  }),
)
