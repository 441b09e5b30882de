import type * as z from 'zod/mini'
import { PoisonedItem } from '../profile/poisoned-item.ts'
import type { DevicePointer, ProfileRequest, Submission } from '../profile/request.ts'
import {
  accountListing,
  decisionBucket,
  dueBucketOf,
  listingPosition,
  pointerKey,
  requestKey,
  submissionKey,
} from './keys.ts'

/** What stands in `entity`: the stream's filter and its readers tell items apart by it. */
export const entities = {
  request: 'request',
  part: 'part',
  submission: 'submission',
  owner: 'owner',
  result: 'result',
  pointer: 'pointer',
  credentials: 'credentials',
  latch: 'latch',
  listener: 'listener',
  orphan: 'orphan',
  orphanSign: 'orphan-sign',
  quarantine: 'quarantine',
  unkept: 'quarantine-count',
  dismissed: 'quarantine-dismissal',
} as const

/** The shape of the items below. A reader that meets a higher number is older than the writer. */
export const itemVersion = 1

export type Item = Record<string, unknown>

/**
 * Reads a stored item by its schema; throws on what does not fit, close to its cause. An item that newer code wrote is
 * worth waiting for, until the deployment is through; any other that cannot be read is poisoned.
 */
export function readItem<Schema extends z.ZodMiniType>(schema: Schema, item: Readonly<Item>): z.infer<Schema> {
  const parsed = schema.safeParse(item)
  if (parsed.success) return parsed.data
  const { pk, sk, itemVersion: written } = item
  const name = `${String(pk)} ${String(sk)}`
  if (typeof written === 'number' && written > itemVersion) throw new Error(`${name} was written by newer code`)
  throw new PoisonedItem(`${name} cannot be read`, { cause: parsed.error })
}

export const requestItem = (request: ProfileRequest, expiresAt: number): Item => ({
  ...requestKey(request.requestId),
  entity: entities.request,
  itemVersion,
  ...request,
  listedUnder: accountListing(request.accountName),
  listedAt: listingPosition(request.createdAt, request.requestId),
  expiresAt,
  ...(request.dueAt === undefined ? {} : { dueBucket: dueBucketOf(request.requestId) }),
})

export const submissionItem = (submission: Submission, expiresAt: number): Item => ({
  ...submissionKey(submission.requestId, submission.submission),
  entity: entities.submission,
  itemVersion,
  ...submission,
  expiresAt,
  ...(submission.dueAt === undefined ? {} : { dueBucket: submissionBucket(submission) }),
})

const submissionBucket = ({ requestId, submission, awaitsDecision }: Submission): string =>
  awaitsDecision === true ? decisionBucket : dueBucketOf(`${requestId}#${submission}`)

/** Pointers are the bulk of a request's writes: kept below 1 KB, and with no text that the key already holds. */
export const pointerItem = (pointer: DevicePointer, expiresAt: number): Item => ({
  ...pointerKey(pointer.identifier, pointer.createdAt, pointer.requestId, pointer.position),
  entity: entities.pointer,
  ...pointer,
  expiresAt,
})
