import type { ResultStore } from '../request/result-store.ts'
import type { QuarantineStore } from './quarantine-store.ts'
import type { CallbackReading, NormalisedCallback } from '../request/callback.ts'
import { identifierKeys, maskIdentifier } from '../order/identifiers.ts'
import { PoisonedItem } from '../request/poisoned-item.ts'
import type { Log } from '../ports.ts'
import type { Turns } from './turns.ts'
import { Unstorable } from './unstorable.ts'

/** One message as the queue holds it: what ThingSpace sent, and what API Gateway knows of the sender. */
export type ReceivedCallback = { body: string; accountName: string; sourceAddress: string; receivedAt: number }

export type RecordDependencies = {
  store: Pick<ResultStore, 'recordResult'> & Pick<QuarantineStore, 'quarantine' | 'countUnkept'>
  readCallback: (body: string) => CallbackReading
  /** Compares the credentials a callback carries with those of the listener, in constant time. */
  authenticate: (credentials: CallbackReading['credentials']) => Promise<Authentication>
  settings: { addresses: readonly string[]; refuseUnlistedAddresses: boolean }
  allowance: Allowance
  inTurn: Turns
  log: Log
}

export type Authentication = 'authentic' | 'credentials-missing' | 'wrong-credentials'

export type RecordingOutcome = 'recorded' | 'duplicate' | 'outranked' | 'conflict' | 'quarantined' | 'counted'

/** Whether one more message that nobody has shown to be ThingSpace's is kept whole, in the minute it was received. */
export type Allowance = (receivedAt: number) => boolean

/** An allowance of so many messages in a minute. One environment keeps it in memory: it bounds a flood, and is no exact count. */
export function createAllowance(perMinute: number): Allowance {
  let minute = 0
  let used = 0
  return (receivedAt) => {
    const now = Math.floor(receivedAt / 60_000)
    if (now !== minute) [minute, used] = [now, 0]
    used += 1
    return used <= perMinute
  }
}

/**
 * Records one callback: reads nothing from the table, writes once. What is authentic but not understood, what cannot be
 * stored, and what is not authentic, goes to quarantine and is never applied. Throws only when the table cannot be
 * written to at the moment: then the message comes back.
 */
export async function recordCallback(
  received: ReceivedCallback,
  dependencies: RecordDependencies,
): Promise<RecordingOutcome> {
  const { settings, readCallback, inTurn } = dependencies
  // Judged before the text is looked at.
  if (settings.refuseUnlistedAddresses && !isListed(received, settings)) {
    return setAside('unlisted-address', { received, isShown: false }, dependencies)
  }
  const reading = readCallback(received.body)
  // Messages about one device are applied in the order in which they were received: of two finals the first decides.
  const keys = reading.kind === 'understood' ? keysOf(received, reading.callback) : []
  return inTurn(keys, () => recordReading(reading, received, dependencies))
}

/** Messages that name no device are one result of their upstream request. */
const keysOf = ({ accountName }: ReceivedCallback, { upstreamRequestId, identifiers }: NormalisedCallback): string[] =>
  (identifiers.length === 0 ? ['-'] : identifierKeys(identifiers)).map(
    (key) => `${accountName} ${upstreamRequestId} ${key}`,
  )

const isListed = ({ sourceAddress }: ReceivedCallback, { addresses }: RecordDependencies['settings']): boolean =>
  addresses.length === 0 || addresses.includes(sourceAddress)

/** A message to be set aside, and whether it is shown to be ThingSpace's, by its address or its password. */
type SetAside = { received: ReceivedCallback; isShown: boolean; reading?: CallbackReading }

async function setAside(
  reason: string,
  { received, isShown, reading }: SetAside,
  { store, readCallback, allowance, log }: RecordDependencies,
): Promise<RecordingOutcome> {
  const { accountName, sourceAddress, receivedAt } = received
  if (!isShown && !allowance(receivedAt)) {
    await store.countUnkept({ accountName, receivedAt, reason })
    log.warn('callback counted and not kept', { accountName, sourceAddress, reason })
    return 'counted'
  }
  const read = reading ?? readCallback(received.body)
  const raw = read.kind === 'understood' ? read.callback.raw : read.redacted
  await store.quarantine({ accountName, receivedAt, reason, raw })
  log.warn('callback quarantined', { accountName, sourceAddress, reason })
  return 'quarantined'
}

async function recordReading(
  reading: CallbackReading,
  received: ReceivedCallback,
  dependencies: RecordDependencies,
): Promise<RecordingOutcome> {
  const { store, authenticate, settings, log } = dependencies
  const { accountName, sourceAddress } = received
  const authentication = await authenticate(reading.credentials)
  const hasPassword = authentication === 'authentic' && (reading.credentials?.password ?? '') !== ''
  const message = { received, isShown: hasPassword || settings.addresses.includes(sourceAddress), reading }
  if (authentication !== 'authentic') return setAside(authentication, message, dependencies)
  if (reading.kind === 'not-understood') return setAside(reading.reason, message, dependencies)
  if (accountName === unknownAccount) return setAside('no-account', message, dependencies)

  const { callback } = reading
  const outcome = await recordOrRefuse(callback, received, store)
  if (outcome === 'full') return setAside('too-much-evidence', message, dependencies)
  if (outcome === 'poisoned') return setAside('poisoned-result', message, dependencies)
  if (outcome === 'unstorable') return setAside('not-storable', message, dependencies)
  log.info('callback recorded', {
    accountName,
    upstreamRequestId: callback.upstreamRequestId,
    devices: callback.identifiers.map(maskIdentifier),
    verdict: callback.verdict,
    outcome,
    listedAddress: isListed(received, settings),
  })
  return outcome
}

/** Stands for the account of a message that names none, or none that can be one. */
export const unknownAccount = '-'

/** What no repetition can store would bring a callback back a thousand times; a throttled table should bring it back. */
async function recordOrRefuse(
  callback: NormalisedCallback,
  { accountName, receivedAt }: ReceivedCallback,
  store: RecordDependencies['store'],
) {
  try {
    return await store.recordResult(callback, { accountName, receivedAt })
  } catch (error) {
    if (error instanceof PoisonedItem) return 'poisoned'
    if (error instanceof Unstorable) return 'unstorable'
    throw error
  }
}
