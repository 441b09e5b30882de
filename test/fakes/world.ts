import { AsyncLocalStorage } from 'node:async_hooks'
import { inspect } from 'node:util'
import type { APIGatewayProxyStructuredResultV2, DynamoDBRecord, ScheduledEvent, SQSRecord } from 'aws-lambda'
import { createHandler as manageRequest } from '../../functions/manage-request.ts'
import { createHandler as planDecisions } from '../../functions/plan-decisions.ts'
import { createHandler as projectChanges } from '../../functions/project-changes.ts'
import { createHandler as queryRequests } from '../../functions/query-requests.ts'
import { createHandler as querySupport } from '../../functions/query-support.ts'
import { createHandler as recordCallbacks } from '../../functions/record-callbacks.ts'
import { createHandler as retrySubmission } from '../../functions/retry-submission.ts'
import { createHandler as submitProfileAction } from '../../functions/submit-profile-action.ts'
import { createHandler as sweepDue } from '../../functions/sweep-due.ts'
import type { AccessRules } from '../../lib/http/access/scopes.ts'
import type { ApiEvent } from '../../lib/http/api-call.ts'
import type { CallbackCredentials } from '../../lib/profile/request/callback.ts'
import type { Fields, Log } from '../../lib/profile/ports.ts'
import type { Settings } from '../../lib/profile/request/settings.ts'
import type { Admit } from '../../lib/profile/submission/admission.ts'
import type { SubmissionQueue } from '../../lib/profile/submission/queue.ts'
import type { ThingSpace } from '../../lib/profile/submission/thingspace.ts'
import type { DeviceView } from '../../lib/profile/status/device-view.ts'
import type { RequestView } from '../../lib/profile/status/request-view.ts'
import { createFlowControl, type FlowControl } from '../../lib/profile/flow-control/flow-control.ts'
import { createAdmit } from '../../lib/profile/listener/admit-accounts.ts'
import type { ListenerSecret } from '../../lib/profile/listener/rotate-listener.ts'
import type { AuditOrigin } from '../../lib/profile/audit/audit-entry.ts'
import { createAuditTrail } from '../../lib/profile/audit/audit-trail.ts'
import { listenerAuthenticator } from '../../lib/secrets.ts'
import { auditStore } from '../../lib/store/audit/audit-entries.ts'
import { planStore } from '../../lib/store/decisions/plans.ts'
import { waitingDecisions } from '../../lib/store/decisions/waiting-decisions.ts'
import { flowStore } from '../../lib/store/credentials/flows.ts'
import { failureLists } from '../../lib/store/failures/failure-lists.ts'
import { quarantineReview } from '../../lib/store/quarantine-review.ts'
import { createStore } from '../../lib/store/store.ts'
import { changeOf } from '../../lib/store/stream-change.ts'
import { authenticateCallback } from '../../lib/thingspace/callback/credentials.ts'
import { readCallback } from '../../lib/thingspace/callback/read-callback.ts'
import { eventFilter } from '../../local/event-sources/filter.ts'
import { account, anAccess, apiEvent, aSetting, context, getEvent, sqsEvent, submitEvent } from '../builders.ts'
import { deployment, streamSourceOf } from '../deployment.ts'
import { type Charged, createFakeDynamoDb, type Operation } from './dynamodb/fake.ts'
import { toStreamRecords } from './dynamodb/stream.ts'
import type { TableDefinition } from './dynamodb/table-definition.ts'
import { createFakeSubmissionQueue } from './submission-queue.ts'
import { createFakeThingSpace } from './thing-space.ts'
import { createFakeTopic } from './topic.ts'

const tableName = 'table'
const table = { TableName: tableName, ...deployment.resources.tables.get('Table') } as TableDefinition

/** The credentials that ThingSpace echoes. They must not be found anywhere. */
export const listenerSecret: ListenerSecret = {
  username: 'username-sentinel',
  current: 'current-sentinel',
  previous: 'previous-sentinel',
}
export const credentials = { username: listenerSecret.username, password: listenerSecret.current }

export type WorldOptions = {
  settings?: Partial<Settings>
  /** How tokens are read. By default as without any parameter. */
  access?: AccessRules
  requireCredentials?: boolean
  /** The accounts that are served. Default: every account. */
  served?: { accounts: readonly string[]; unserved: 'refuse' | 'accept' }
  refuseUnlistedAddresses?: boolean
  /** Limits the calls to ThingSpace. By default as deployed. */
  flow?: FlowControl
  /** Called after each operation of the table, even a failed one, before anything else happens. */
  observe?: (operation: Operation & Charged & { error?: unknown }) => void | Promise<void>
}

export type Answer = { status: number; headers: Record<string, string>; body: unknown }
type Call = Omit<Parameters<typeof apiEvent>[0], 'route'>
type OrderCall = Omit<Call, 'body' | 'path'> & { key?: string }

/** One of ThingSpace's addresses. */
export const listedAddress = '3.87.163.45'

/** Every other account has credentials of its own. */
const credentialSetFor = (accountName: string): string => (accountName === account ? 'default' : accountName)

/** The result of a function that was killed. */
export const killed = Symbol('killed')

/**
 * The gateway in memory: its real handlers with one table, one queue, one topic and a scripted ThingSpace. Only the
 * test moves the clock. A function can be killed after any of its effects.
 */
export function createWorld({
  settings,
  access = anAccess(),
  requireCredentials = false,
  refuseUnlistedAddresses = false,
  served,
  flow,
  observe,
}: WorldOptions = {}) {
  let now = 1_790_000_000_000
  let ids = 0
  let streamCursor = 0
  const clock = () => now
  // A sleeping caller lets the others continue.
  const sleep = () => new Promise<void>((resolve) => setImmediate(resolve))
  const log = createListeningLog()
  const queue = createFakeSubmissionQueue(clock)
  const topic = createFakeTopic()
  const thingSpace = createFakeThingSpace()
  const reaper = createReaper()
  const faults: { store?: (operation: Operation) => boolean | Promise<boolean> } = {}
  const secret = { current: listenerSecret, cached: listenerSecret }

  const client = createFakeDynamoDb({
    tables: [table],
    now: clock,
    removeUndefinedValues: true,
    overlaps: () => Promise.resolve(),
    async before(operation) {
      await reaper.stillAlive()
      if ((await faults.store?.(operation)) === true) throw new Error(`the table refuses ${operation.command}`)
    },
    async after(operation) {
      const { command, error } = operation
      await observe?.(operation)
      if (error === undefined && !/Get|Query|Scan/.test(command)) await reaper.afterEffect(command)
    },
  })
  const own = { client, tableName, retainSeconds: 35 * 86_400, clock, sleep, random: () => 0.5 }
  const shared = {
    store: {
      ...createStore(own),
      ...quarantineReview(own),
      ...auditStore(own, { retainSeconds: 400 * 86_400 }),
      ...waitingDecisions(own),
      ...failureLists(own),
      ...planStore(own),
    },
    queue: { send: (messages) => reaper.effect('send', () => queue.send(messages)) } satisfies SubmissionQueue,
    topic,
    thingSpace: {
      submit: (call) => reaper.effect('POST', () => thingSpace.submit(call)),
      answers: () => thingSpace.answers(),
    } satisfies ThingSpace,
    access,
    settings: aSetting(settings),
    clock,
    random: () => 0.5,
    sleep,
    recordMilliseconds: 5_000,
    newId: () => `id-${++ids}`,
    log,
  }
  const flowDependencies = { ...shared, store: flowStore(own), credentialSetFor }
  const newFlow = () => createFlowControl(flowDependencies)
  const auditOf = (via: AuditOrigin['via']) => createAuditTrail({ ...shared, origin: { via } })
  const admit: Admit = served === undefined ? async () => ({ kind: 'admitted' }) : createAdmit({ ...shared, ...served })
  const handlers = {
    submit: submitProfileAction({
      ...shared,
      flow: flow ?? newFlow(),
      admit,
      budgetMilliseconds: 20_000,
    }),
    retry: retrySubmission({ ...shared, flow: flow ?? newFlow(), budgetMilliseconds: 30_000 }),
    query: queryRequests(shared),
    support: querySupport({ ...shared, servedAccounts: [account] }),
    plan: planDecisions({ ...shared, audit: auditOf('api'), decideMilliseconds: 20_000 }),
    manage: manageRequest({ ...shared, admit, audit: auditOf('api'), decideMilliseconds: 20_000 }),
    project: projectChanges({ ...shared, readChange: changeOf, projectMilliseconds: 35_000 }),
    sweep: sweepDue({
      ...shared,
      audit: auditOf('gateway'),
      requestStatus: (call) => thingSpace.requestStatus(call),
      sweepMilliseconds: 45_000,
      shareMilliseconds: 200_000,
      lanes: 20,
      pageItems: 100,
      probedItems: 40,
    }),
    record: recordCallbacks({
      ...shared,
      readCallback,
      authenticate: listenerAuthenticator(
        async (_secretId, { fresh = false } = {}) => {
          if (fresh) secret.cached = secret.current
          return JSON.stringify(secret.cached)
        },
        'listener',
        (given: CallbackCredentials | undefined, known) =>
          authenticateCallback(given, { ...known, requireCredentials }),
      ),
      settings: { addresses: [listedAddress], refuseUnlistedAddresses },
    }),
  }

  let callbacks: SQSRecord[] = []

  const world = {
    handlers,
    /** Flow control of a further environment. */
    newFlow,
    /** The limits of calls, as operators read and change them. */
    flows: flowDependencies.store,
    store: shared.store,
    /** The audit trail of a function or a command. */
    auditOf,
    admit,
    queue,
    topic,
    thingSpace,
    log,
    /** Makes operations of the table fail while it is set. */
    faults,
    /** The current secret of the listener, and the version that the functions have cached. */
    secret,
    now: clock,
    advance(seconds: number) {
      now += seconds * 1000
    },

    /** All items of the table. */
    items: () => client.snapshot(),
    /** The capacity units so far. */
    meter: () => client.meter,
    requestIds: () =>
      client
        .snapshot()
        .flatMap(({ entity, requestId }) => (entity === 'request' && typeof requestId === 'string' ? [requestId] : [])),
    /**
     * Keeps the table as it is now. The returned function puts it back, as point-in-time recovery does: with a new
     * stream, which holds none of the old changes.
     */
    keepTable() {
      const restore = client.mark()
      return () => {
        restore()
        streamCursor = client.stream.changes.length
      }
    },
    /** Deletes expired items, as DynamoDB does at some time. */
    expire: () => client.expireItems(),
    itemsOf: (entity: string) => client.snapshot().filter((item) => item['entity'] === entity),

    /**
     * Kills the function that makes the n-th effect from now on (a write, a POST, a send), directly after that
     * effect.
     */
    killBehind: (effect: number) => reaper.arm(effect),
    /** The number of effects so far. */
    effects: () => reaper.effects.length,

    submit: async (action: string, body: unknown, over: OrderCall = {}) => {
      const { key, headers, ...rest } = over
      const all = { ...headers, ...(key === undefined ? {} : { 'idempotency-key': key }) }
      return answerOf(await handlers.submit(submitEvent(action, body, { ...rest, headers: all }), context))
    },
    send: async (event: ApiEvent) => answerOf(await handlers.submit(event, context)),
    get: async (route: string, call: Call = {}) =>
      answerOf(await handlers.query(apiEvent({ route: `GET ${route}`, ...call }), context)),
    /** A call of a route of query-support. */
    support: async (route: string, call: Call = {}) =>
      answerOf(await handlers.support(apiEvent({ route: `GET ${route}`, ...call }), context)),
    /** A call of a route of plan-decisions. */
    plan: async (route: string, call: Call = {}) =>
      answerOf(await handlers.plan(apiEvent({ route: `POST ${route}`, ...call }), context)),
    decide: async (what: 'retry' | 'cancel' | 'reorder', requestId: string, call: Call = {}) =>
      answerOf(
        await handlers.manage(
          apiEvent({ route: `POST /v1/requests/{requestId}/${what}`, path: { requestId }, ...call }),
          context,
        ),
      ),

    /** Like `submit`, for an order that must be answered with 202. */
    async order(action: string, body: unknown, over: OrderCall = {}): Promise<RequestView> {
      return bodyOf(await world.submit(action, body, over), 202) as RequestView
    },
    /** A request as its reader sees it. */
    async show(requestId: string): Promise<RequestView> {
      return bodyOf(answerOf(await handlers.query(getEvent(requestId), context)), 200) as RequestView
    },
    async devices(requestId: string, query: Record<string, string> = {}): Promise<DeviceView[]> {
      const answer = await world.get('/v1/requests/{requestId}/devices', { path: { requestId }, query })
      return (bodyOf(answer, 200) as { items: DeviceView[] }).items
    },
    /** The status in the stored summary, which lists show and events are made of. */
    async storedStatus(requestId: string) {
      return (await shared.store.getRequest(requestId))?.summary.status
    },

    /**
     * Runs the visible messages of the queues through retry-submission, batch by batch, in turns. Returns the number
     * of messages.
     */
    async deliver(mostBatches = Infinity): Promise<number> {
      let count = 0
      for (let batches = 0; batches < mostBatches; batches += 1) {
        const batch = queue.receive()
        if (batch.length === 0) break
        count += batch.length
        const event = sqsEvent(batch.map(({ body }) => body))
        event.Records.forEach((record, at) => (record.messageId = batch[at]!.messageId))
        const outcome = await reaper.run(() => handlers.retry(event, context))
        // A killed function deletes nothing, so the whole batch returns.
        if (outcome !== killed) queue.settle(batch, failedIn(outcome))
      }
      return count
    },

    /** Runs the changes since the last call through project-changes. Returns the number of processed records. */
    async stream(): Promise<number> {
      const { changes } = client.stream.read(streamCursor)
      const records = toStreamRecords(changes).filter(passesFilter)
      for (let first = 0; first < records.length; first += 100) {
        const batch = records.slice(first, first + 100)
        const outcome = await reaper.run(() => handlers.project({ Records: batch }, context))
        const failed = outcome === killed ? batch[0] : recordOf(batch, outcome.batchItemFailures[0]?.itemIdentifier)
        if (failed === undefined) continue
        const done = records.indexOf(failed)
        streamCursor =
          changes.findIndex((change) => change.sequenceNumber === failed.dynamodb?.SequenceNumber) + streamCursor
        return done
      }
      streamCursor += changes.length
      return records.length
    },
    /** The stream records of all changes so far, or of those after the first few, as Lambda receives them. */
    streamRecords: (from = 0) => toStreamRecords(client.stream.changes.slice(from)).filter(passesFilter),
    /** The number of changes so far, also of those that the filter does not pass. */
    changeCount: () => client.stream.changes.length,

    /**
     * Sends callbacks to the endpoint and runs them through record-callbacks in one batch. Returns the indexes that
     * failed.
     */
    async callback(
      bodies: unknown,
      { accountName = account, sourceIp = listedAddress }: { accountName?: string; sourceIp?: string } = {},
    ): Promise<number[]> {
      const event = sqsEvent(Array.isArray(bodies) ? bodies : [bodies], { accountName, sourceIp })
      for (const { attributes } of event.Records) attributes.SentTimestamp = String(now)
      return world.record(event.Records)
    },
    async record(records: SQSRecord[]): Promise<number[]> {
      const outcome = await reaper.run(() => handlers.record({ Records: records }, context))
      const failed = outcome === killed ? new Set(records.map(({ messageId }) => messageId)) : failedIn(outcome)
      callbacks = [
        ...callbacks.filter((record) => !records.includes(record)),
        ...records.filter(({ messageId }) => failed.has(messageId)),
      ]
      return records.flatMap(({ messageId }, index) => (failed.has(messageId) ? [index] : []))
    },

    sweep: () => reaper.run(() => handlers.sweep({} as ScheduledEvent, context)),

    /** Runs everything that can happen at this time. */
    async settle(): Promise<void> {
      for (let round = 0; round < 1000; round += 1) {
        const before = callbacks.length
        if (before > 0) await world.record(callbacks)
        const swept = await world.sweep()
        const done = before - callbacks.length + (await world.deliver()) + (await world.stream())
        if (done === 0 && swept !== killed && swept.done === 0) return
      }
      throw new Error('work is left after 1,000 rounds')
    },
    /**
     * Lets time pass, in steps of a minute or up to the next visible message, and runs everything that happens
     * meanwhile.
     */
    async pass(seconds: number): Promise<void> {
      const end = now + seconds * 1000
      while (now < end) {
        now = Math.min(end, now + 60_000, queue.nextVisibleAt())
        await world.settle()
      }
    },
    /** Runs work that may be killed. Returns `killed` if it was. */
    run: reaper.run,
  }
  return world
}
export type World = ReturnType<typeof createWorld>

const failedIn = ({ batchItemFailures }: { batchItemFailures: { itemIdentifier: string }[] }): Set<string> =>
  new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))

const recordOf = (records: DynamoDBRecord[], sequenceNumber: string | undefined): DynamoDBRecord | undefined =>
  records.find(({ dynamodb }) => sequenceNumber !== undefined && dynamodb?.SequenceNumber === sequenceNumber)

/** Whether the stream passes a record to project-changes. */
const passesFilter: (record: DynamoDBRecord) => boolean = eventFilter(streamSourceOf('project-changes').filterPatterns)

/** An answer of a handler, with its body parsed. */
export function answerOf({ statusCode, headers = {}, body = '' }: APIGatewayProxyStructuredResultV2): Answer {
  const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  const isJson = body !== '' && /^application\/(problem\+)?json$/.test(texts['content-type'] ?? '')
  return { status: statusCode ?? 0, headers: texts, body: isJson ? (JSON.parse(body) as unknown) : body }
}

/** The body of an answer that must have this status. */
export function bodyOf({ status, body }: Answer, expected: number): unknown {
  if (status !== expected) throw new Error(`answered ${status} instead of ${expected}: ${inspect(body)}`)
  return body
}

function createListeningLog() {
  const lines: { level: string; message: string; fields: Fields }[] = []
  const line =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void lines.push({ level, message, fields: fields as Fields })
  const log: Log = { info: line('info'), warn: line('warn'), error: line('error') }
  /** All log output with the stacks of errors, for searching. */
  return { ...log, lines, text: () => inspect(lines, { depth: null, maxStringLength: null, maxArrayLength: null }) }
}

/** Counts effects, and stops a function after one of them, as if its container had died there. */
function createReaper() {
  const effects: string[] = []
  const life = new AsyncLocalStorage<{ isDead: boolean; die: () => void }>()
  let countdown = Number.POSITIVE_INFINITY
  const stillAlive = async () => {
    if (life.getStore()?.isDead === true) await new Promise(() => {})
  }
  const afterEffect = async (name: string) => {
    await stillAlive()
    effects.push(name)
    countdown -= 1
    if (countdown !== 0) return
    life.getStore()?.die()
    await stillAlive()
  }
  return {
    effects,
    stillAlive,
    afterEffect,
    arm(effect: number) {
      countdown = effect
    },
    async effect<Outcome>(name: string, work: () => Promise<Outcome>): Promise<Outcome> {
      await stillAlive()
      const outcome = await work()
      await afterEffect(name)
      return outcome
    },
    run: <Outcome>(work: () => Promise<Outcome>): Promise<Outcome | typeof killed> => {
      const death = Promise.withResolvers<typeof killed>()
      const one = {
        isDead: false,
        die() {
          one.isDead = true
          death.resolve(killed)
        },
      }
      return Promise.race([life.run(one, work), death.promise])
    },
  }
}

type Told = 'succeeded' | 'warning' | 'failed' | 'expired'

const told: Readonly<Record<Told, { status: string; euicc: Record<string, string> }>> = {
  succeeded: { status: 'Success', euicc: { euiccStatus: 'EXECUTED_SUCCESS', euiccStatusCode: '1.2.365' } },
  warning: { status: 'Success', euicc: { euiccStatus: 'EXECUTED_WITHWARNING', euiccStatusCode: '8.2.1,3.9' } },
  failed: { status: 'Failed', euicc: { euiccStatus: 'FAILED', euiccStatusDesc: 'The eUICC refused.' } },
  expired: { status: 'Failed', euicc: { euiccStatus: 'EXPIRED' } },
}

/** A callback as ThingSpace sends it for one device, with every credential that it may contain. */
export const aCallbackOf = (
  upstreamRequestId: string,
  identifiers: readonly { kind: string; id: string }[],
  verdict: Told = 'succeeded',
  over: Record<string, unknown> = {},
) => ({
  ...credentials,
  requestId: upstreamRequestId,
  deviceIds: identifiers.map(({ kind, id }) => ({ id, kind: kind.toUpperCase() })),
  deviceResponse: {
    deviceProfileResponse: {
      ...told[verdict].euicc,
      deviceCredential: { username: 'line-sentinel@vzw4g.com', password: 'line-sentinel' },
    },
  },
  status: told[verdict].status,
  callbackCount: 1,
  maxCallbackThreshold: 4,
  ...over,
})
