import './function-environment.ts'
import type { Context } from 'aws-lambda'
import { createHandler as keepListener } from '../../functions/keep-listener.ts'
import { createHandler as manageRequest } from '../../functions/manage-request.ts'
import { createHandler as projectChanges } from '../../functions/project-changes.ts'
import { createHandler as recordCallbacks } from '../../functions/record-callbacks.ts'
import { createHandler as retrySubmission } from '../../functions/retry-submission.ts'
import { createHandler as submitProfileAction } from '../../functions/submit-profile-action.ts'
import { createHandler as sweepDue } from '../../functions/sweep-due.ts'
import type { AuditStore } from '../../lib/profile/audit/audit-store.ts'
import { createAuditTrail } from '../../lib/profile/audit/audit-trail.ts'
import type { FlowStore } from '../../lib/profile/flow-control/flow.ts'
import { createFlowControl, type FlowMemory } from '../../lib/profile/flow-control/flow-control.ts'
import type { CallbackCredentials } from '../../lib/profile/request/callback.ts'
import type { Clock, Log } from '../../lib/profile/ports.ts'
import type { Topic } from '../../lib/profile/request/event-types.ts'
import type { Settings } from '../../lib/profile/request/settings.ts'
import type { UpstreamStatusLookUp } from '../../lib/profile/status/upstream-status.ts'
import type { SubmissionQueue } from '../../lib/profile/submission/queue.ts'
import type { ThingSpace } from '../../lib/profile/submission/thingspace.ts'
import type { Store } from '../../lib/store/store.ts'
import type { CallbackListeners } from '../../lib/profile/listener/registrations.ts'
import { type ListenerSecret, rotateListener } from '../../lib/profile/listener/rotate-listener.ts'
import type { StreamRecord } from '../../lib/profile/callback/change.ts'
import { projectChanges as project } from '../../lib/profile/callback/project-changes.ts'
import { listenerAuthenticator, type KeptSecret, listenerSecret, type Reader } from '../../lib/secrets.ts'
import { changeOf } from '../../lib/store/stream-change.ts'
import { authenticateCallback } from '../../lib/thingspace/callback/credentials.ts'
import { readCallback } from '../../lib/thingspace/callback/read-callback.ts'
import { anAccess } from '../builders.ts'
import { refill } from '../fakes/dynamodb/refill.ts'
import { type Change, toStreamRecords } from '../fakes/dynamodb/stream.ts'
import { cached, deepFreeze } from './cached.ts'
import { operateFlows } from './limits/operate.ts'
import { type Memory, urlFor } from './listener.ts'
import type { Version } from './versions.ts'
import type { Invocation } from './scheduler.ts'

/** What one environment receives. Everything else is an effect of the invocation that runs there. */
export type Equipment = {
  /** What the environment knows about the limits of calls. */
  flows: FlowMemory
  store: Store & AuditStore & FlowStore
  queue: SubmissionQueue
  thingSpace: ThingSpace
  requestStatus: UpstreamStatusLookUp
  topic: Topic
  clock: Clock
  random: () => number
  newId: () => string
  sleep: (milliseconds: number) => Promise<unknown>
  settings: Settings
  log: Log
  readSecret: Reader
  /** What only keep-listener receives. */
  listener: {
    accounts: readonly string[]
    port: CallbackListeners
    saveSecret: (secret: ListenerSecret) => Promise<void>
    newPassword: () => string
    everyDays: number
  }
}

const context = {} as Context

const secretId = 'listener'
const authenticatorFor = ({ readSecret }: Equipment) =>
  listenerAuthenticator(readSecret, secretId, (credentials: CallbackCredentials | undefined, secret) =>
    authenticateCallback(credentials, { ...secret, requireCredentials: false }),
  )

/**
 * The same few callbacks occur in every schedule, and reading one is pure. Each text is read once, and the result is
 * frozen.
 */
const readOnce = cached((body: string) => deepFreeze(readCallback(body)))

/** A change is delivered repeatedly, from each rest and in the final replay. Its new image is an object of its own. */
const changesRead = new WeakMap<object, ReturnType<typeof changeOf>>()
function readChangeOnce(record: StreamRecord): ReturnType<typeof changeOf> {
  const { after } = record
  if (after === undefined) return undefined
  const known = changesRead.get(after)
  if (known !== undefined) return known
  const read = deepFreeze(changeOf(record))
  changesRead.set(after, read)
  return read
}

const auditOf = (equipment: Equipment, via: 'api' | 'gateway') => createAuditTrail({ ...equipment, origin: { via } })

const flowOf = (equipment: Equipment) =>
  createFlowControl({
    ...equipment,
    memory: equipment.flows,
    credentialSetFor: () => 'default',
  })

/** Every deployed function of the simulation, wired like its own file. */
const makers = {
  submit: (equipment: Equipment) =>
    submitProfileAction({
      ...equipment,
      flow: flowOf(equipment),
      access: anAccess(),
      admit: async () => ({ kind: 'admitted' }),
      budgetMilliseconds: 20_000,
      recordMilliseconds: 5_000,
    }),
  retry: (equipment: Equipment) =>
    retrySubmission({ ...equipment, flow: flowOf(equipment), budgetMilliseconds: 30_000, recordMilliseconds: 5_000 }),
  record: (equipment: Equipment) =>
    recordCallbacks({
      ...equipment,
      readCallback: readOnce,
      authenticate: authenticatorFor(equipment),
      settings: { addresses: [], refuseUnlistedAddresses: false },
    }),
  project: (equipment: Equipment) => {
    const handler = projectChanges({ ...equipment, readChange: changeOf, projectMilliseconds: 35_000 })
    return async (batch: readonly Change[]) => {
      const { batchItemFailures } = await handler({ Records: toStreamRecords(batch) }, context)
      const failed = batchItemFailures.map(({ itemIdentifier }) =>
        batch.findIndex(({ sequenceNumber }) => sequenceNumber === itemIdentifier),
      )
      return Math.min(batch.length, ...failed)
    }
  },
  /** The same without Lambda's marshalled images, which cost more time than the rest of the function. */
  'project-plainly': (equipment: Equipment) => async (batch: readonly Change[]) => {
    const records = batch.map(({ oldImage, newImage }) => ({ before: oldImage, after: newImage }))
    const failure = await project(records, { ...equipment, readChange: readChangeOnce, projectMilliseconds: 35_000 })
    return failure?.failedFrom ?? batch.length
  },
  /** Few lanes and entries, so that few items are a load. */
  sweep: (equipment: Equipment) =>
    sweepDue({
      ...equipment,
      audit: auditOf(equipment, 'gateway'),
      sweepMilliseconds: 35_000,
      shareMilliseconds: 200_000,
      lanes: 2,
      pageItems: 2,
      probedItems: 3,
    }),
  manage: (equipment: Equipment) =>
    manageRequest({
      ...equipment,
      access: anAccess(),
      admit: async () => ({ kind: 'admitted' }),
      audit: auditOf(equipment, 'api'),
      decideMilliseconds: 20_000,
    }),
  operate: (equipment: Equipment) => {
    const { store, settings } = equipment
    const flows = { credentialSets: ['default'], store, most: settings.postsAtOnce }
    return operateFlows({ ...equipment, flows, audit: auditOf(equipment, 'api') })
  },
  /** Wired like the function's own file. */
  keep: (equipment: Equipment) =>
    keepListener(async () => {
      const { listener, readSecret, store, clock, log } = equipment
      const audit = auditOf(equipment, 'gateway')
      const { accounts, port, saveSecret, newPassword, everyDays } = listener
      const read = () => listenerSecret(readSecret, secretId, { fresh: true })
      const credentials = await rotateListener({
        readSecret: read,
        saveSecret,
        everyDays,
        newPassword,
        audit,
        clock,
        log,
      })
      return {
        listeners: port,
        accounts,
        takeOver: false,
        urlFor,
        ...credentials,
        store,
        audit,
        by: 'gateway',
        stopAt: clock() + 20_000,
        clock,
        log,
      }
    }, equipment),
} as const

export type FunctionName = keyof typeof makers
type Handler<Name extends FunctionName> = ReturnType<(typeof makers)[Name]>

/** A Lambda environment: runs one invocation at a time and is reused unless it crashed. */
type Environment = {
  name: FunctionName
  version: Version | undefined
  current: Invocation | undefined
  handler: (event: never, context: Context) => Promise<unknown>
  memory: Memory
  flows: FlowMemory
}

type KeptEnvironment = {
  environment: Environment
  memory: Iterable<[string, KeptSecret]>
  flows: Iterable<[string, NonNullable<ReturnType<FlowMemory['get']>>]>
}

export type Equip = (
  current: () => Invocation,
  version: Version | undefined,
  memory: Memory,
  flows: FlowMemory,
) => Equipment

export type EnvironmentsOptions = {
  equip: Equip
  versionNow: () => Version | undefined
  /** Whether an environment remembers something from earlier calls. */
  remember: boolean
}

/** All environments of one world. */
export class Environments {
  #idle = new Map<string, Environment[]>()
  readonly #equip: Equip
  readonly #versionNow: () => Version | undefined
  readonly #remember: boolean

  constructor({ equip, versionNow, remember }: EnvironmentsOptions) {
    this.#equip = equip
    this.#remember = remember
    this.#versionNow = versionNow
  }

  /** Calls a function in an idle environment or a new one. */
  async call<Name extends FunctionName>(
    name: Name,
    invocation: Invocation,
    event: Parameters<Handler<Name>>[0],
  ): Promise<Awaited<ReturnType<Handler<Name>>>> {
    const version = this.#versionNow()
    const pool = `${name} ${version}`
    const idle = this.#idle.get(pool) ?? []
    this.#idle.set(pool, idle)
    const environment = idle.pop() ?? this.#start(name, version)
    environment.current = invocation
    try {
      return (await environment.handler(event as never, context)) as Awaited<ReturnType<Handler<Name>>>
    } finally {
      idle.push(environment)
    }
  }

  /** Saves the environments and their memory at a rest. */
  mark(): () => void {
    const idle = [...this.#idle].map(([pool, environments]) => ({
      pool,
      environments: environments.map((environment) => ({
        environment,
        memory: [...environment.memory],
        flows: [...environment.flows],
      })),
    }))
    return () =>
      void (this.#idle = new Map(
        idle.map(({ pool, environments }) => [pool, environments.map((kept) => this.#again(kept))] as const),
      ))
  }

  /** An environment of an aborted run may be in the middle of a call that never ends, so it is created again. */
  #again({ environment, memory, flows }: KeptEnvironment): Environment {
    const again = this.#remember ? this.#start(environment.name, environment.version, new Map(memory)) : environment
    refill(again.flows, flows)
    return again
  }

  #start(name: FunctionName, version: Version | undefined, memory: Memory = new Map()): Environment {
    const environment: Environment = {
      name,
      version,
      current: undefined,
      handler: () => Promise.reject(new Error('not started')),
      memory,
      flows: new Map(),
    }
    const equipment = this.#equip(() => environment.current!, version, memory, environment.flows)
    environment.handler = makers[name](equipment) as Environment['handler']
    return environment
  }
}
