import type { ResultStore } from '../request/result-store.ts'
import type { QuarantineStore } from './quarantine-store.ts'
import type { CallbackReading, NormalisedCallback } from '../request/callback.ts'
import { identifierKeys, maskIdentifier } from '../order/identifiers.ts'
import { PoisonedItem } from '../request/poisoned-item.ts'
import type { Log } from '../ports.ts'
import { type CallbackTestStore, readCallbackTest } from './callback-test.ts'
import type { Allowance } from './allowance.ts'
import { mentionsOf } from './mentions.ts'
import type { Turns } from './turns.ts'
import { Unstorable } from './unstorable.ts'

/** A message of the callbacks queue: the body that was sent, and what API Gateway added about the sender. */
export type ReceivedCallback = { body: string; accountName: string; sourceAddress: string; receivedAt: number }

/** The account of a message without a valid account. */
export const unknownAccount = '-'

export type RecordDependencies = {
  store: Pick<ResultStore, 'recordResult'> &
    Pick<QuarantineStore, 'quarantine' | 'countUnkept'> &
    Pick<CallbackTestStore, 'saveCallbackTest'>
  readCallback: (body: string) => CallbackReading
  /** Compares the credentials in a callback with those of the listener, in constant time. */
  authenticate: (credentials: CallbackReading['credentials']) => Promise<CallbackAuthenticity>
  settings: { addresses: readonly string[]; refuseUnlistedAddresses: boolean }
  allowance: Allowance
  inTurn: Turns
  log: Log
}

export type CallbackAuthenticity = 'authentic' | 'credentials-missing' | 'wrong-credentials'

/**
 * The outcome of one message: that of the store (see `ResultStore`), or how a message that was not recorded was kept.
 */
export type RecordingOutcome = 'recorded' | 'duplicate' | 'outranked' | 'conflict' | 'quarantined' | 'counted' | 'test'

/**
 * Records one callback from the queue as a result. This takes one write and no read, or further writes if an earlier
 * result of the device stays. A message that is not authentic, not understood or cannot be stored goes to quarantine;
 * after that, only an operator can have it recorded. Beyond the allowance, messages of unknown senders are only
 * counted.
 *
 * Throws if the table or the listener's secret is not available, or if newer code wrote the stored result. SQS then
 * delivers the message again.
 */
export async function recordCallback(
  received: ReceivedCallback,
  dependencies: RecordDependencies,
): Promise<RecordingOutcome> {
  const { settings, readCallback, inTurn } = dependencies
  if (await isRecordedTest(received, dependencies)) return 'test'
  // The sender's address is checked before the body is read.
  if (settings.refuseUnlistedAddresses && !isListed(received, settings)) {
    return setAside('unlisted-address', { received, isKnownSender: false }, dependencies)
  }
  const reading = readCallback(received.body)
  // Messages of a batch about one device are recorded in the order received: the first of two final results decides.
  const keys = reading.kind === 'understood' ? keysOf(received, reading.callback) : []
  return inTurn(keys, () => recordReading(reading, received, dependencies))
}

/**
 * Stores an operator's test of the endpoint, if the message is one. Its sender is no address of ThingSpace, so only the
 * password counts. A test with a wrong password is treated as any other message.
 */
async function isRecordedTest(
  { body, accountName, receivedAt }: ReceivedCallback,
  { store, authenticate, log }: RecordDependencies,
): Promise<boolean> {
  const test = readCallbackTest(body)
  if (test === undefined || (await authenticate(test.credentials)) !== 'authentic') return false
  await store.saveCallbackTest({ testId: test.testId, accountName, receivedAt })
  log.info('callback test recorded', { accountName })
  return true
}

/** The keys that `inTurn` orders by. Messages without a device share one result of their upstream request. */
const keysOf = ({ accountName }: ReceivedCallback, { upstreamRequestId, identifiers }: NormalisedCallback): string[] =>
  (identifiers.length === 0 ? ['-'] : identifierKeys(identifiers)).map(
    (key) => `${accountName} ${upstreamRequestId} ${key}`,
  )

const isListed = ({ sourceAddress }: ReceivedCallback, { addresses }: RecordDependencies['settings']): boolean =>
  addresses.length === 0 || addresses.includes(sourceAddress)

async function recordReading(
  reading: CallbackReading,
  received: ReceivedCallback,
  dependencies: RecordDependencies,
): Promise<RecordingOutcome> {
  const { store, authenticate, settings, log } = dependencies
  const { accountName, sourceAddress } = received
  const authentication = await authenticate(reading.credentials)
  const hasPassword = authentication === 'authentic' && (reading.credentials?.password ?? '') !== ''
  const message = { received, isKnownSender: hasPassword || settings.addresses.includes(sourceAddress), reading }
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

/**
 * Records a callback, or returns why it cannot be stored. Retrying cannot help in that case. Any other error is thrown,
 * so that SQS delivers the message again.
 */
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

/** A message for quarantine. `isKnownSender`: its address or its password shows that it comes from ThingSpace. */
type SetAside = { received: ReceivedCallback; isKnownSender: boolean; reading?: CallbackReading }

/** Puts a message into quarantine, or counts it if its sender is unknown and the allowance is used up. */
async function setAside(
  reason: string,
  { received, isKnownSender, reading }: SetAside,
  { store, readCallback, allowance, log }: RecordDependencies,
): Promise<RecordingOutcome> {
  const { accountName, sourceAddress, receivedAt } = received
  if (!isKnownSender && !allowance(receivedAt)) {
    await store.countUnkept({ accountName, receivedAt, reason })
    log.warn('callback counted and not kept', { accountName, sourceAddress, reason })
    return 'counted'
  }
  const read = reading ?? readCallback(received.body)
  const raw = read.kind === 'understood' ? read.callback.raw : read.redacted
  await store.quarantine({ accountName, receivedAt, reason, raw }, mentionsOf(raw))
  log.warn('callback quarantined', { accountName, sourceAddress, reason })
  return 'quarantined'
}
