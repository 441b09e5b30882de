import type { Finding } from './finding.ts'
import type { Store } from '../../lib/store/store.ts'
import type { QuarantineReview } from '../../lib/profile/callback/quarantine-store.ts'
import type { ListenerSecret } from '../../lib/profile/listener/rotate-listener.ts'
import type { InspectDependencies } from '../../lib/profile/flow-control/inspect-flow.ts'
import type { Clock } from '../../lib/profile/ports.ts'
import type { LatchDependencies } from '../../lib/thingspace/credentials/open-latch.ts'
import type { DeadLetterKind } from '../../lib/profile/support/dead-letter-kinds.ts'
import type { Listeners } from '../connect/listeners.ts'

/** An answer over HTTP. `date` is the clock of the server, in epoch milliseconds. */
export type HttpAnswer = { status: number; text: string; date: number | undefined; milliseconds: number }
export type Fetch = (
  url: string,
  init?: { method?: string; headers?: Record<string, string>; body?: string },
) => Promise<HttpAnswer>

type QueueCounts = { visible: number; inFlight: number; delayed: number }

type TableState = {
  status: string
  stream: string | undefined
  indexes: { name: string; status: string }[]
}

/** One function as Lambda knows it. */
export type FunctionState = {
  name: string
  state: string
  lastUpdate: string
  modifiedAt: string
  runtime: string
}

type TriggerState = { id: string; state: string; lastResult: string }

type AlarmState = { name: string; state: string; reason: string }

/** The parts of AWS that the local stack does not have. */
export type AwsSources = {
  /** The names of all functions of the stage, without its prefix. */
  functionNames: readonly string[]
  readFunction: (name: string) => Promise<FunctionState>
  listTriggers: (name: string) => Promise<TriggerState[]>
  /** Undefined: no concurrency is reserved. */
  reservedConcurrency: (name: string) => Promise<number | undefined>
  /** The sum of a function's metric over the last minutes. */
  functionMetric: (name: string, metric: AwsFunctionMetric, minutes: number) => Promise<number>
  listAlarms: () => Promise<AlarmState[]>
  /** Rules that invoke a function, with whether they are enabled. */
  schedulesOf: (name: string) => Promise<{ rule: string; isEnabled: boolean; rate: string }[]>
  /** Days of retention of a function's log group. Undefined: for ever. `no-group`: it does not exist. */
  logRetention: (name: string) => Promise<number | 'no-group' | undefined>
}

type AwsFunctionMetric = 'Errors' | 'Throttles' | 'IteratorAge'

/** Everything that the checks read. Each part connects when a check first calls it. */
export type CheckSources = {
  clock: Clock
  sleep: (milliseconds: number) => Promise<unknown>
  newId: () => string
  fetch: Fetch
  store: () => Store & QuarantineReview
  accounts: () => readonly string[]
  unserved: () => 'refuse' | 'accept'
  credentialSetOf: (accountName: string) => string
  latches: () => { credentialSets: string[]; dependencies: LatchDependencies }
  flows: () => { credentialSets: string[]; dependencies: InspectDependencies }
  listeners: () => Promise<Listeners>
  listenerSecret: () => Promise<ListenerSecret>
  rotateEveryDays: () => number
  thingSpaceUrl: () => string
  publicUrl: () => string
  callbackUrl: (accountName: string) => Promise<string>
  /** Reads every slice of the settings, and returns what is wrong. */
  wrongSettings: () => string[]
  countQueue: (queue: 'submissions' | 'bulk submissions' | 'callbacks') => Promise<QueueCounts>
  countDeadLetters: (kind: DeadLetterKind) => Promise<number>
  describeTable: () => Promise<TableState>
  timeToLive: () => Promise<{ status: string; attribute: string | undefined }>
  pointInTimeRecovery: () => Promise<string>
  issuerUrl: string | undefined
  token: string | undefined
  /** Undefined for the local stack. */
  aws: AwsSources | undefined
}

/** A group of checks about one subject. `command` completes a suggested command with the stage. */
export type Check = (sources: CheckSources, command: (words: string) => string) => Promise<Finding[]>
