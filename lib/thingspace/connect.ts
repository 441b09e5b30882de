import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Log, Random } from '../profile/ports.ts'
import type { UpstreamStatusLookUp } from '../profile/status/upstream-status.ts'
import type { ThingSpace } from '../profile/submission/thingspace.ts'
import { createAgent } from './agent.ts'
import type { AuthorisedCallDeps } from './authorised-call.ts'
import { createThingSpaceClient } from './client.ts'
import { credentialSetFor } from './credentials/credential-set.ts'
import { createCredentials } from './credentials/credentials.ts'
import { createListeners, type Listeners } from './listener.ts'
import type { CredentialStore, SecretSource } from './credentials/ports.ts'
import { lookUpRequestStatus } from './request-status.ts'
import { sealTokens } from './credentials/sealed-tokens.ts'

export type ConnectOptions = {
  baseUrl: string
  /** Credential sets by account name. Other accounts use the set `default`. */
  credentialSets: Readonly<Record<string, string>>
  credentialStore: CredentialStore
  secrets: SecretSource
  clock: Clock
  random: Random
  log: Log
}

/** Time for DNS, TCP and TLS together. Each call has a time budget of its own besides. */
const connectTimeoutMilliseconds = 5_000

/** Makes the parts that every call to ThingSpace needs, once per container: one socket, and the tokens in memory. */
function connectWire({ baseUrl, credentialStore, secrets, clock, random, log }: ConnectOptions): AuthorisedCallDeps {
  const wire = { baseUrl, agent: createAgent(baseUrl, { maxSockets: 1 }), connectTimeoutMilliseconds, now: clock }
  const credentials = createCredentials({
    ...wire,
    store: sealTokens(credentialStore, secrets),
    secrets,
    random,
    sleep,
    log,
  })
  return { ...wire, credentials, log }
}

/** Connects to ThingSpace's profile actions. */
export const connectThingSpace = (options: ConnectOptions): ThingSpace =>
  createThingSpaceClient({ ...connectWire(options), credentialSetFor: credentialSetFor(options.credentialSets) })

/** Connects to ThingSpace's callback registrations. */
export const connectListeners = (options: ConnectOptions): Listeners =>
  createListeners({
    ...connectWire(options),
    credentialSetFor: credentialSetFor(options.credentialSets),
    budgetMilliseconds: 10_000,
  })

/** Connects to ThingSpace's status calls, for results whose callback is missing. */
export function connectRequestStatus(options: ConnectOptions): UpstreamStatusLookUp {
  const dependencies = { ...connectWire(options), credentialSetFor: credentialSetFor(options.credentialSets) }
  return (call) => lookUpRequestStatus(dependencies, { ...call, budgetMilliseconds: 8_000 })
}
