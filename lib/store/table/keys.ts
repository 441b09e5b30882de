import { hash } from 'node:crypto'
import { identifierKey } from '../../profile/order/identifiers.ts'
import type { DeviceLink } from '../../profile/request/device-link.ts'
import type { RequestName } from '../../profile/request/request-store.ts'
import type { UpstreamName } from '../../profile/request/result.ts'

/** Every key of the table. Numbers are padded and dates are ISO texts, because DynamoDB sorts keys as text. */
export type Key = { pk: string; sk: string }

const padded = (value: number, digits: number): string => String(value).padStart(digits, '0')

export const requestPartition = (requestId: string): string => `REQ#${requestId}`
export const requestKey = (requestId: string): Key => ({ pk: requestPartition(requestId), sk: 'META' })
/** What belongs to a request is found by its generation too: an older one under the same id may have left remains. */
export const partKey = ({ requestId, generation }: RequestName, part: number): Key => ({
  pk: requestPartition(requestId),
  sk: `M#${generation}#${padded(part, 2)}`,
})
export const submissionPrefix = ({ generation }: Pick<RequestName, 'generation'>): string => `SUB#${generation}#`
export const submissionKey = (request: RequestName, submission: number): Key => ({
  pk: requestPartition(request.requestId),
  sk: `${submissionPrefix(request)}${padded(submission, 5)}`,
})

/** Without the character that separates the parts of a key. */
const encoded = (accountName: string): string => encodeURIComponent(accountName.toWellFormed())

/** By account: a callback to one account's address says nothing about an order of another. */
export const upstreamPartition = ({ accountName, upstreamRequestId }: UpstreamName): string =>
  `TSR#${encoded(accountName)}#${upstreamRequestId}`
export const upstreamLinkKey = (upstream: UpstreamName): Key => ({ pk: upstreamPartition(upstream), sk: 'MAP' })
export const orphanKey = (upstream: UpstreamName): Key => ({ pk: upstreamPartition(upstream), sk: 'ORPHAN' })
/** Which orphans a device was named under: how a decision about a doubt finds the callbacks that speak of it. */
export const orphanIndexPartition = (accountName: string, identifier: string): string =>
  `ORPHANS#${encoded(accountName)}#${identifier}`
export const orphanIndexKey = ({ accountName, upstreamRequestId }: UpstreamName, identifier: string): Key => ({
  pk: orphanIndexPartition(accountName, identifier),
  sk: upstreamRequestId,
})
export const resultPrefix = 'D#'
export const resultKey = (upstream: UpstreamName, named: { device: string; profile: string }): Key => ({
  pk: upstreamPartition(upstream),
  sk: `${resultPrefix}${named.device}#${named.profile}`,
})

/** What only results name is kept apart, so that it neither hides nor looks like what was ordered. */
export const devicePartition = (identifier: string, namedBy?: 'order' | 'result'): string =>
  `DEV#${namedBy === 'result' ? 'result#' : ''}${identifier}`
export const linkKey = (
  link: Pick<DeviceLink, 'identifier' | 'namedBy' | 'createdAt' | 'requestId' | 'position' | 'generation'>,
): Key => ({
  pk: devicePartition(identifierKey(link.identifier), link.namedBy),
  // The position tells two devices of one request apart that share an identifier (one EID, two profiles). The
  // generation tells two calls with one Idempotency-Key apart: links are written before it is known which of them
  // becomes the request.
  sk: `${isoOf(link.createdAt)}#${link.requestId}#${padded(link.position, 5)}#${link.generation}`,
})

export const credentialKey = (credentialSet: string): Key => ({ pk: `SESSION#${credentialSet}`, sk: 'TOKENS' })
/** Written when the login latch of a credential set closes; holds no secret, so that it may travel in the stream. */
export const latchKey = (credentialSet: string): Key => ({ pk: `SESSION#${credentialSet}`, sk: 'LATCH' })
export const listenerKey = (accountName: string, service: string): Key => ({
  pk: `LISTENER#${accountName}`,
  sk: service,
})
/** Quarantine is spread, so that a flood of messages does not write to one partition. */
const quarantineShards = 8
export const quarantinePartitions: readonly string[] = Array.from(
  { length: quarantineShards },
  (_, shard) => `QUARANTINE#${shard}`,
)
/** Equal messages of one day are one item. */
export const quarantineKey = (receivedAt: number, digest: string): Key => ({
  pk: `QUARANTINE#${(hash('sha256', digest, 'buffer')[0] ?? 0) % quarantineShards}`,
  sk: `${isoOf(receivedAt).slice(0, 10)}#${digest}`,
})
/** How many messages of a minute were not kept, by reason and account. */
export const unkeptKey = (receivedAt: number, reason: string, accountName: string): Key => ({
  pk: 'QUARANTINE#UNKEPT',
  sk: `${isoOf(receivedAt).slice(0, 16)}#${reason}#${accountName}`,
})
export const dismissedPartition = 'QUARANTINE#DISMISSED'
export const dismissedKey = (at: number, id: string): Key => ({ pk: dismissedPartition, sk: `${isoOf(at)}#${id}` })

export const isoOf = (instant: number): string => new Date(instant).toISOString()

/** Index `byAccount`: request items only. */
export const accountListing = (accountName: string): string => `ACC#${accountName}`
export const listingPosition = (createdAt: number, requestId: string): string => `${isoOf(createdAt)}#${requestId}`

/** The request item that stands at a position of its account's list. */
export const listedKey = (position: string): Key => requestKey(position.slice(position.indexOf('#') + 1))

/** Index `due`: a few shards, so that a storm of retries does not write to one partition. */
const dueShards = 4
export const dueBuckets: readonly string[] = Array.from({ length: dueShards }, (_, shard) => `DUE#${shard}`)
export const decisionBucket = 'DECISION'

export function dueBucketOf(id: string): string {
  const shard = (hash('sha256', id, 'buffer')[0] ?? 0) % dueShards
  return `DUE#${shard}`
}
