import * as z from 'zod/mini'
import { Identifier } from '../profile/order/identifiers.ts'
import type { Change, StreamRecord } from '../profile/callback/change.ts'
import { entities, readItem, StoredRequest } from './table/items.ts'

const OfRequest = z.object({ requestId: z.string() })
const OfUpstreamLink = z.object({ requestId: z.string(), submission: z.int() })
const OfLatch = z.object({ credentialSet: z.string(), epoch: z.number() })
const OfListener = z.object({ accountName: z.string(), service: z.string(), state: z.string(), checkedAt: z.number() })
const OfResult = z.object({
  upstreamRequestId: z.string(),
  accountName: z.string(),
  identifiers: z.array(Identifier),
  receivedAt: z.number(),
})

/**
 * Translates the images of a stream record into a change of the domain. Returns `undefined` for deletions and for items
 * that the domain does not follow. Throws if an item it follows cannot be read, so that the record is not skipped.
 */
export function changeOf({ before, after }: StreamRecord): Change | undefined {
  switch (after?.['entity']) {
    case entities.request:
      return {
        kind: 'request',
        before: before === undefined ? undefined : readItem(StoredRequest, before),
        after: readItem(StoredRequest, after),
      }
    case entities.submission:
      return { kind: 'submission', ...readItem(OfRequest, after) }
    case entities.upstreamLink:
      return { kind: 'upstream-link', ...readItem(OfUpstreamLink, after) }
    case entities.listener:
      return {
        kind: 'listener',
        before: before === undefined ? undefined : readItem(OfListener, before),
        after: readItem(OfListener, after),
      }
    case entities.latch:
      return { kind: 'latch', ...readItem(OfLatch, after) }
    case entities.result:
      return { kind: 'result', ...readItem(OfResult, after) }
    default:
      return undefined
  }
}
