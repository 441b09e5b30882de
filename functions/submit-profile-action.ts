import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectFlowControl } from '../lib/connect-flow-control.ts'
import * as environment from '../lib/environment.ts'
import { connectSubmissionQueue } from '../lib/events/submission-queue.ts'
import { answerAcceptance } from '../lib/http/requests/answer-acceptance.ts'
import type { ApiDependencies } from '../lib/http/api-call.ts'
import { apiHandler } from '../lib/http/api-handler.ts'
import { ProblemError } from '../lib/http/problem.ts'
import { type PreferWaitDependencies, readWait, waitForOutcome } from '../lib/http/requests/prefer-wait.ts'
import { readOrder } from '../lib/http/requests/read-order.ts'
import { createLog } from '../lib/log.ts'
import { createAdmit } from '../lib/profile/listener/admit-accounts.ts'
import { acceptRequest, type AcceptDependencies } from '../lib/profile/submission/accept-request.ts'
import { deviceStore } from '../lib/store/devices.ts'
import { listenerStore } from '../lib/store/listeners.ts'
import { requestStore } from '../lib/store/requests.ts'
import { transitionStore } from '../lib/store/submission-transitions.ts'
import { submissionStore } from '../lib/store/submissions.ts'
import { connectTable } from '../lib/store/table/table.ts'
import { connectThingSpace } from '../lib/thingspace/connect.ts'
import { thingSpaceOptions } from '../lib/thingspace-options.ts'

export type SubmitDependencies = AcceptDependencies & PreferWaitDependencies & ApiDependencies

/** An order that waits for its outcome is answered within this time, because the function ends after 29 s. */
const answerMilliseconds = 25_000

/**
 * POST /v1/devices/profile/actions/{action}, and the same under ThingSpace's own path. Stores the order as a request in
 * the table. Sends it to ThingSpace if it fits into one submission; otherwise retry-submission does.
 *
 * Refuses an order whose results could not arrive, unless the settings accept it.
 *
 * Answers 202 once the request is stored, even if ThingSpace is down, because the submissions queue and the scheduled
 * sweep continue with it. Answers a problem although the request is stored if ThingSpace refuses it as a whole. Answers
 * 503 only if the request could not be stored or, for a replay, could not be read.
 */
export const createHandler = (dependencies: SubmitDependencies) =>
  apiHandler(async (call) => {
    const startedAt = dependencies.clock()
    const { order, warnings } = readOrder(call)
    const acceptance = await acceptRequest(order, dependencies).catch((error: unknown) => {
      dependencies.log.error('request not recorded', { httpRequestId: call.httpRequestId, error })
      throw new ProblemError('not-stored', {
        detail: 'the request could not be stored; send it again with the same Idempotency-Key',
      })
    })
    const waitSeconds = readWait(call.event.headers['prefer'])
    if (waitSeconds === undefined) {
      return answerAcceptance(acceptance, warnings, { now: dependencies.clock(), caller: call.caller })
    }
    const until = Math.min(dependencies.clock() + waitSeconds * 1000, startedAt + answerMilliseconds)
    const latest = await waitForOutcome(acceptance, until, dependencies).catch(() => acceptance)
    const answer = answerAcceptance(latest, warnings, { now: dependencies.clock(), caller: call.caller })
    return { ...answer, headers: { ...answer.headers, 'preference-applied': `wait=${waitSeconds}` } }
  }, dependencies)

const log = createLog(environment.log())
const clock = Date.now
const table = connectTable({ ...environment.table(), clock })
const settings = environment.protocol()
const thingSpace = environment.thingSpace()

export const handler = log.metered(
  createHandler({
    store: { ...requestStore(table), ...submissionStore(table), ...transitionStore(table), ...deviceStore(table) },
    queue: connectSubmissionQueue(environment.queue()),
    thingSpace: connectThingSpace(thingSpaceOptions({ ...thingSpace, table, clock, log })),
    access: environment.access(),
    settings,
    flow: connectFlowControl({ table, credentialSets: thingSpace.credentialSets, settings, clock, log }),
    admit: createAdmit({ ...environment.servedAccounts(), store: listenerStore(table), clock, log }),
    clock,
    random: Math.random,
    newId: randomUUID,
    // The function ends after 29 s, and the outcome has to be stored before that.
    budgetMilliseconds: 20_000,
    recordMilliseconds: 5_000,
    sleep,
    log,
  }),
)
