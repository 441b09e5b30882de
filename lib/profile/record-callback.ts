import type { CallbackReading, NormalisedCallback } from './callback.ts'
import { maskIdentifier } from './identifiers.ts'
import { PoisonedItem } from './poisoned-item.ts'
import type { Log, Store } from './ports.ts'
import { Unstorable } from './unstorable.ts'

/** One message as the queue holds it: what ThingSpace sent, and what API Gateway knows of the sender. */
export type ReceivedCallback = { body: string; accountName: string; sourceAddress: string; receivedAt: number }

export type RecordDependencies = {
  store: Pick<Store, 'recordResult' | 'quarantine' | 'countUnkept'>
  readCallback: (body: string) => CallbackReading
  /** Compares the credentials a callback carries with those of the listener, in constant time. */
  authenticate: (credentials: CallbackReading['credentials']) => Promise<Authentication>
  settings: { addresses: readonly string[]; refuseUnlistedAddresses: boolean }
  log: Log
}

export type Authentication = 'authentic' | 'credentials-missing' | 'wrong-credentials'

export type CallbackFate = 'recorded' | 'duplicate' | 'outranked' | 'conflict' | 'quarantined' | 'counted'

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
  { store, readCallback, authenticate, settings, log }: RecordDependencies,
  allowance: Allowance,
): Promise<CallbackFate> {
  const { accountName, sourceAddress, receivedAt } = received
  const isKnownAddress = settings.addresses.includes(sourceAddress)
  const isListed = isKnownAddress || settings.addresses.length === 0
  const setAside = async (reason: string, isShown: boolean, reading?: CallbackReading): Promise<CallbackFate> => {
    if (!isShown && !allowance(receivedAt)) {
      await store.countUnkept({ accountName, receivedAt, reason })
      log.warn('callback counted and not kept', { accountName, sourceAddress, reason })
      return 'counted'
    }
    const read = reading ?? readCallback(received.body)
    await store.quarantine({
      accountName,
      receivedAt,
      reason,
      raw: read.kind === 'understood' ? read.callback.raw : read.redacted,
    })
    log.warn('callback quarantined', { accountName, sourceAddress, reason })
    return 'quarantined'
  }

  // Judged before the text is looked at.
  if (!isListed && settings.refuseUnlistedAddresses) return setAside('unlisted-address', false)
  const reading = readCallback(received.body)
  const authentication = await authenticate(reading.credentials)
  const hasPassword = authentication === 'authentic' && (reading.credentials?.password ?? '') !== ''
  const isShown = isKnownAddress || hasPassword
  if (authentication !== 'authentic') return setAside(authentication, isShown, reading)
  if (reading.kind === 'not-understood') return setAside(reading.reason, isShown, reading)
  if (accountName === unknownAccount) return setAside('no-account', isShown, reading)

  const { callback } = reading
  const fate = await recordOrRefuse(callback, received, store)
  if (fate === 'full') return setAside('too-much-evidence', isShown, reading)
  if (fate === 'poisoned') return setAside('poisoned-result', isShown, reading)
  if (fate === 'unstorable') return setAside('not-storable', isShown, reading)
  log.info('callback recorded', {
    accountName,
    upstreamRequestId: callback.upstreamRequestId,
    devices: callback.identifiers.map(maskIdentifier),
    verdict: callback.verdict,
    fate,
    listedAddress: isListed,
  })
  return fate
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
