import * as z from 'zod/mini'
import { maskForLog } from '../../profile/order/mask-for-log.ts'
import { PoisonedItem } from '../../profile/request/poisoned-item.ts'
import type { DeviceLink } from '../../profile/request/device-link.ts'
import { ProfileRequest } from '../../profile/request/request.ts'
import type { Submission } from '../../profile/request/submission.ts'
import {
  accountListing,
  decisionBucket,
  dueBucketOf,
  listingPosition,
  linkKey,
  requestKey,
  submissionKey,
} from './keys.ts'

/** Values of the attribute `entity`, by which the stream's filter and its readers tell items apart. */
export const entities = {
  request: 'request',
  part: 'part',
  submission: 'submission',
  // The stored value keeps its earlier name, by which the stream's filter in serverless.yml knows it.
  upstreamLink: 'owner',
  result: 'result',
  link: 'link',
  credentials: 'credentials',
  latch: 'latch',
  flow: 'flow',
  listener: 'listener',
  orphan: 'orphan',
  orphanIndex: 'orphan-index',
  quarantine: 'quarantine',
  mention: 'quarantine-mention',
  unkept: 'quarantine-count',
  dismissed: 'quarantine-dismissal',
  failure: 'failure',
  plan: 'plan',
  planPage: 'plan-page',
  audit: 'audit',
  auditOutcome: 'audit-outcome',
  callbackTest: 'callback-test',
} as const

/** The version of the items' shapes. A reader that finds a higher number is older code than the writer. */
export const itemVersion = 1

export type Item = Record<string, unknown>

/**
 * Reads a stored item by its schema. Throws a plain error for an item of newer code, which a retry can read after the
 * deployment. Throws `PoisonedItem` for any other item that does not match. Messages mask identifiers in the key.
 */
export function readItem<Schema extends z.ZodMiniType>(schema: Schema, item: Readonly<Item>): z.infer<Schema> {
  const parsed = schema.safeParse(item)
  if (parsed.success) return parsed.data
  const { pk, sk, itemVersion: written } = item
  const name = maskForLog(`${String(pk)} ${String(sk)}`)
  if (typeof written === 'number' && written > itemVersion) throw new Error(`${name} was written by newer code`)
  throw new PoisonedItem(`${name} cannot be read`, { cause: parsed.error })
}

/**
 * A request item. The order's other members, `fields`, are stored as JSON text, because DynamoDB maps do not support
 * every name (the SDK fails on `constructor`) or every depth of JSON.
 */
const CurrentRequest = z.extend(ProfileRequest, {
  fields: z.pipe(
    z.pipe(
      z.string(),
      z.transform((text, context): unknown => {
        try {
          return JSON.parse(text)
        } catch {
          context.issues.push({ code: 'custom', input: text, message: 'must be JSON' })
          return undefined
        }
      }),
    ),
    z.record(z.string(), z.unknown()),
  ),
})

/** Until version 0.2 the attribute `summary` of a request was called `fold`. */
const withCurrentNames = z.transform((item: Readonly<Item>): Item => {
  const { fold, ...rest } = item
  return fold === undefined || 'summary' in rest ? item : { ...rest, summary: fold }
})

/** A request item, written by this version or an earlier one. */
export const StoredRequest = z.pipe(z.pipe(z.record(z.string(), z.unknown()), withCurrentNames), CurrentRequest)

/** Writes a request as an item. `expiresAt` is in epoch seconds. */
export const requestItem = (request: ProfileRequest, expiresAt: number): Item => ({
  ...requestKey(request.requestId),
  entity: entities.request,
  itemVersion,
  ...request,
  fields: JSON.stringify(request.fields),
  listedUnder: accountListing(request.accountName),
  listedAt: listingPosition(request.createdAt, request.requestId),
  expiresAt,
  ...(request.dueAt === undefined ? {} : { dueBucket: dueBucketOf(request.requestId) }),
})

/** Writes a submission as an item. `expiresAt` is in epoch seconds. */
export const submissionItem = (submission: Submission, expiresAt: number): Item => ({
  ...submissionKey(submission, submission.submission),
  entity: entities.submission,
  itemVersion,
  ...submission,
  expiresAt,
  ...(submission.dueAt === undefined ? {} : { dueBucket: submissionBucket(submission) }),
})

const submissionBucket = ({ requestId, submission, awaitsDecision }: Submission): string =>
  awaitsDecision === true ? decisionBucket : dueBucketOf(`${requestId}#${submission}`)

/** A device link. Most writes of a request are links, so they stay below 1 KB, which is one write unit. */
export const linkItem = (link: DeviceLink, expiresAt: number): Item => ({
  ...linkKey(link),
  entity: entities.link,
  ...link,
  expiresAt,
})
