import type { CallbackReading, NormalisedCallback } from './callback.ts'
import { identifierKeys, maskIdentifier } from './identifiers.ts'
import { PoisonedItem } from './poisoned-item.ts'
import type { Log, Store } from './ports.ts'
import type { Turns } from './turns.ts'

/** One message as the queue holds it: what ThingSpace sent, and what API Gateway knows of the sender. */
export type ReceivedCallback = { body: string; accountName: string; sourceAddress: string; receivedAt: number }

export type RecordDependencies = {
  store: Pick<Store, 'recordResult' | 'quarantine'>
  readCallback: (body: string) => CallbackReading
  /** Compares the credentials a callback carries with those of the listener, in constant time. */
  authenticate: (credentials: CallbackReading['credentials']) => Promise<Authentication>
  settings: { addresses: readonly string[]; refuseUnlistedAddresses: boolean }
  log: Log
}

export type Authentication = 'authentic' | 'credentials-missing' | 'wrong-credentials'

export type CallbackFate = 'recorded' | 'duplicate' | 'outranked' | 'conflict' | 'quarantined'

/**
 * Records one callback: reads nothing, writes once. What is authentic but not understood, and what is not authentic,
 * goes to quarantine and is never applied. Throws only when it could not be written: then the message comes back.
 */
export async function recordCallback(
  received: ReceivedCallback,
  dependencies: RecordDependencies,
  inTurn: Turns,
): Promise<CallbackFate> {
  const reading = dependencies.readCallback(received.body)
  // Messages about one device are applied in the order in which they were received: of two finals the first decides.
  const keys = reading.kind === 'understood' ? keysOf(received, reading.callback) : []
  return inTurn(keys, () => recordReading(reading, received, dependencies))
}

const keysOf = ({ accountName }: ReceivedCallback, { upstreamRequestId, identifiers }: NormalisedCallback): string[] =>
  identifierKeys(identifiers).map((key) => `${accountName} ${upstreamRequestId} ${key}`)

async function recordReading(
  reading: CallbackReading,
  received: ReceivedCallback,
  { store, authenticate, settings, log }: RecordDependencies,
): Promise<CallbackFate> {
  const { accountName, sourceAddress, receivedAt } = received
  const quarantine = async (reason: string): Promise<CallbackFate> => {
    const raw = reading.kind === 'understood' ? reading.callback.raw : reading.redacted
    await store.quarantine({ accountName, receivedAt, reason, raw })
    log.warn('callback quarantined', { accountName, sourceAddress, reason })
    return 'quarantined'
  }

  const listed = settings.addresses.length === 0 || settings.addresses.includes(sourceAddress)
  if (!listed && settings.refuseUnlistedAddresses) return quarantine('unlisted-address')
  const authentication = await authenticate(reading.credentials)
  if (authentication !== 'authentic') return quarantine(authentication)
  if (reading.kind === 'not-understood') return quarantine(reading.reason)

  const { callback } = reading
  const fate = await recordOrSetAside(callback, received, store)
  if (fate === 'full') return quarantine('too-much-evidence')
  if (fate === 'poisoned') return quarantine('poisoned-result')
  log.info('callback recorded', {
    accountName,
    upstreamRequestId: callback.upstreamRequestId,
    devices: callback.identifiers.map(maskIdentifier),
    verdict: callback.verdict,
    fate,
    listedAddress: listed,
  })
  return fate
}

/** An earlier result that cannot be read would bring its next callback back a thousand times; a throttled table should. */
async function recordOrSetAside(
  callback: NormalisedCallback,
  { accountName, receivedAt }: ReceivedCallback,
  store: RecordDependencies['store'],
) {
  try {
    return await store.recordResult(callback, { accountName, receivedAt })
  } catch (error) {
    if (error instanceof PoisonedItem) return 'poisoned'
    throw error
  }
}
