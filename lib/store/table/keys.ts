import { hash } from 'node:crypto'
import { type AuditName, auditPosition } from '../../profile/audit/audit-store.ts'
import { identifierKey } from '../../profile/order/identifiers.ts'
import type { DeviceLink } from '../../profile/request/device-link.ts'
import { dueShards } from '../../profile/request/due-store.ts'
import type { RequestName } from '../../profile/request/request-store.ts'
import type { UpstreamName } from '../../profile/request/result.ts'

/**
 * A key of the table. This file builds all of them. DynamoDB sorts keys as text, so numbers are padded and dates are
 * ISO.
 */
export type Key = { pk: string; sk: string }

const padded = (value: number, digits: number): string => String(value).padStart(digits, '0')

/** The partition of a request: the request itself, its manifest parts and its submissions. */
export const requestPartition = (requestId: string): string => `REQ#${requestId}`
export const requestKey = (requestId: string): Key => ({ pk: requestPartition(requestId), sk: 'META' })
/** Keys of a request's parts contain its generation, because an expired request of the same id may have left items. */
export const partKey = ({ requestId, generation }: RequestName, part: number): Key => ({
  pk: requestPartition(requestId),
  sk: `M#${generation}#${padded(part, 2)}`,
})
/** The sort keys of all submissions of a request begin with this prefix. */
export const submissionPrefix = ({ generation }: Pick<RequestName, 'generation'>): string => `SUB#${generation}#`
export const submissionKey = (request: RequestName, submission: number): Key => ({
  pk: requestPartition(request.requestId),
  sk: `${submissionPrefix(request)}${padded(submission, 5)}`,
})
/** The submission of a key. Undefined for keys of other items. */
export function submissionOfKey({ pk, sk }: Key): (RequestName & { submission: number }) | undefined {
  const [, generation, submission] = /^SUB#(.+)#(\d{5})$/.exec(sk) ?? []
  if (!pk.startsWith('REQ#') || generation === undefined) return undefined
  return { requestId: pk.slice(4), generation, submission: Number(submission) }
}

/** Escapes `#`, which separates the parts of a key. */
const encoded = (accountName: string): string => encodeURIComponent(accountName.toWellFormed())

/** Contains the account, because a callback to the URL of one account must not affect requests of another. */
export const upstreamPartition = ({ accountName, upstreamRequestId }: UpstreamName): string =>
  `TSR#${encoded(accountName)}#${upstreamRequestId}`
/** The link from an upstream request id to its submission. */
export const upstreamLinkKey = (upstream: UpstreamName): Key => ({ pk: upstreamPartition(upstream), sk: 'MAP' })
/** The orphan of an upstream request id that no submission is known to have. */
export const orphanKey = (upstream: UpstreamName): Key => ({ pk: upstreamPartition(upstream), sk: 'ORPHAN' })
/** Lists the orphans that name a device. Decisions about unconfirmed submissions look for callbacks here. */
export const orphanIndexPartition = (accountName: string, identifier: string): string =>
  `ORPHANS#${encoded(accountName)}#${identifier}`
export const orphanIndexKey = ({ accountName, upstreamRequestId }: UpstreamName, identifier: string): Key => ({
  pk: orphanIndexPartition(accountName, identifier),
  sk: upstreamRequestId,
})
export const resultPrefix = 'D#'
/** The result of one device of an upstream request. `named` identifies the device and the profile. */
export const resultKey = (upstream: UpstreamName, named: { device: string; profile: string }): Key => ({
  pk: upstreamPartition(upstream),
  sk: `${resultPrefix}${named.device}#${named.profile}`,
})

/** Identifiers named only by results have a partition of their own, so that they do not look like ordered ones. */
export const devicePartition = (identifier: string, namedBy?: 'order' | 'result'): string =>
  `DEV#${namedBy === 'result' ? 'result#' : ''}${identifier}`
/** A link from an identifier to a position of a request. Links of a partition sort by creation time. */
export const linkKey = (
  link: Pick<DeviceLink, 'identifier' | 'namedBy' | 'createdAt' | 'requestId' | 'position' | 'generation'>,
): Key => ({
  pk: devicePartition(identifierKey(link.identifier), link.namedBy),
  // The position distinguishes devices of one request that share an identifier (one EID, two profiles). The generation
  // distinguishes two calls with one Idempotency-Key, because links are written before one of them becomes the request.
  sk: `${isoOf(link.createdAt)}#${link.requestId}#${padded(link.position, 5)}#${link.generation}`,
})

/** The shared token record of a credential set. */
export const credentialKey = (credentialSet: string): Key => ({ pk: `SESSION#${credentialSet}`, sk: 'TOKENS' })
/** Written when the login latch of a credential set closes. Holds no secret, because the stream reads it. */
export const latchKey = (credentialSet: string): Key => ({ pk: `SESSION#${credentialSet}`, sk: 'LATCH' })
/** How many calls of a credential set may be under way at once, shared by all environments. */
export const flowKey = (credentialSet: string): Key => ({ pk: `SESSION#${credentialSet}`, sk: 'FLOW' })
/** The last state of an account's callback registration for one service. */
export const listenerKey = (accountName: string, service: string): Key => ({
  pk: `LISTENER#${accountName}`,
  sk: service,
})
/** A test of the callback endpoint. */
export const callbackTestKey = (testId: string): Key => ({ pk: `TEST#${testId}`, sk: 'CALLBACK' })
/** Quarantine uses several partitions, so that a flood of messages does not throttle one. */
const quarantineShards = 8
export const quarantinePartitions: readonly string[] = Array.from(
  { length: quarantineShards },
  (_, shard) => `QUARANTINE#${shard}`,
)
/** Equal messages of one day (UTC) share an item. */
export const quarantineKey = (receivedAt: number, digest: string): Key => ({
  pk: `QUARANTINE#${(hash('sha256', digest, 'buffer')[0] ?? 0) % quarantineShards}`,
  sk: `${isoOf(receivedAt).slice(0, 10)}#${digest}`,
})
/** Leads from something that a quarantined message seems to name to the message. Sorted by day. */
export const mentionPartition = (mention: string): string => `MENTION#${mention}`
export const mentionKey = (mention: string, message: Key): Key => ({
  pk: mentionPartition(mention),
  sk: `${message.sk}#${message.pk}`,
})
/**
 * Counts the messages of a minute that were not kept, by reason and account. A flood of forged messages is counted in
 * several items, because one item accepts 1,000 writes a second. The first is the one that older code wrote.
 */
const unkeptShards = 16
export const unkeptPartitions: readonly string[] = Array.from({ length: unkeptShards }, (_, shard) =>
  shard === 0 ? 'QUARANTINE#UNKEPT' : `QUARANTINE#UNKEPT#${shard}`,
)
export const unkeptKey = (receivedAt: number, reason: string, accountName: string): Key => ({
  pk: unkeptPartitions[receivedAt % unkeptShards] ?? 'QUARANTINE#UNKEPT',
  sk: `${isoOf(receivedAt).slice(0, 16)}#${reason}#${accountName}`,
})
export const dismissedPartition = 'QUARANTINE#DISMISSED'
/** The audit record of a quarantined message that an operator dismissed. */
export const dismissedKey = (at: number, id: string): Key => ({ pk: dismissedPartition, sk: `${isoOf(at)}#${id}` })

/** A plan of decisions, and its pages of items. */
export const planPartition = (planId: string): string => `PLAN#${planId}`
export const planKey = (planId: string): Key => ({ pk: planPartition(planId), sk: 'META' })
export const planPageKey = (planId: string, page: number): Key => ({
  pk: planPartition(planId),
  sk: `PAGE#${padded(page, 2)}`,
})

/** The audit of one day (UTC), written as `2026-11-29`. Roles name the prefix. */
export const auditPartition = (day: string): string => `AUDIT#${day}`
export const auditKey = (entry: AuditName): Key => ({
  pk: auditPartition(isoOf(entry.at).slice(0, 10)),
  sk: auditPosition(entry),
})
/** Sorts directly behind the key of its entry. */
export const auditOutcomeKey = (entry: AuditName): Key => {
  const { pk, sk } = auditKey(entry)
  return { pk, sk: `${sk}#outcome` }
}

/** Writes epoch milliseconds as an ISO date, which sorts by time. */
export const isoOf = (instant: number): string => new Date(instant).toISOString()

/** Partition key of the index `byAccount` for the requests of an account. */
export const accountListing = (accountName: string): string => `ACC#${accountName}`
/** Sort key of the index `byAccount`. Positions sort by creation time. */
export const listingPosition = (createdAt: number, requestId: string): string => `${isoOf(createdAt)}#${requestId}`

/** The key of the request at a position of its account's list. */
export const listedKey = (position: string): Key => requestKey(position.slice(position.indexOf('#') + 1))

/** A request has one partition of failures for every so many devices, so that a failing fleet does not throttle one. */
const devicesPerFailurePartition = 1000
const failurePartition = (requestId: string, shard: number): string => `FAILED#${requestId}#${shard}`
/** The partitions that hold the failures of a request. */
export const failurePartitions = (requestId: string, deviceCount: number): string[] =>
  Array.from({ length: Math.ceil(deviceCount / devicesPerFailurePartition) }, (_, shard) =>
    failurePartition(requestId, shard),
  )
export const failureKey = (request: RequestName & { deviceCount: number }, position: number): Key => ({
  pk: failurePartition(request.requestId, position % Math.ceil(request.deviceCount / devicesPerFailurePartition)),
  sk: `${request.generation}#${padded(position, 5)}`,
})
/** Failures of an account and day (UTC) use several partitions of the index `byAccount`. */
const failureShards = 4
const failureListing = (accountName: string, day: string, shard: number): string =>
  `FAILURES#${encoded(accountName)}#${day}#${shard}`
/** The partitions of the index `byAccount` with the failures of one day. */
export const failureListings = (accountName: string, day: string): string[] =>
  Array.from({ length: failureShards }, (_, shard) => failureListing(accountName, day, shard))
/** Where a failure is listed. The position is the rest of the division, so that neighbours spread. */
export const failureListedUnder = (accountName: string, at: number, position: number): string =>
  failureListing(accountName, isoOf(at).slice(0, 10), position % failureShards)

/**
 * The partitions of the index `due`, by shard. A partition accepts 1,000 writes a second. Code before there were 16
 * wrote the first four, so an item that it wrote is found, and stays where it is until its date changes.
 */
export const dueBuckets: readonly string[] = Array.from({ length: dueShards }, (_, shard) => `DUE#${shard}`)
/** The partition of submissions that wait for a decision, apart from what the sweep handles. */
export const decisionBucket = 'DECISION'

/** The partition of the index `due` for an id. */
export function dueBucketOf(id: string): string {
  const shard = (hash('sha256', id, 'buffer')[0] ?? 0) % dueShards
  return `DUE#${shard}`
}
