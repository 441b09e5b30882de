import { adoptOrphan } from '../callback/adopt-orphan.ts'
import type { DueItem } from '../request/due-store.ts'
import { devicesPerPart } from '../request/manifest.ts'
import { type ProfileRequest, missingSubmissions } from '../request/request.ts'
import { isToBeAsked, reconcileSubmission } from '../status/ask-before-expiry.ts'
import { updateSummary } from '../status/update-summary.ts'
import { sendPartMessages } from '../submission/send-work-messages.ts'
import type { Sweep } from './sweep-dependencies.ts'
import { sweepSubmission } from './sweep-submission.ts'

/**
 * Processes one due item. Returns `gone` if only its index entry is left: the item has expired, or it belongs to an older
 * request with the same id. Returns `not-due` if another function was faster: the index is a moment behind. Throws if the
 * item cannot be read or processed.
 */
export async function sweepItem(item: DueItem, sweep: Sweep): Promise<'done' | 'gone' | 'not-due'> {
  const { store, clock } = sweep
  const isDue = ({ dueAt }: { dueAt?: number | undefined }) => dueAt !== undefined && dueAt <= clock()
  switch (item.kind) {
    case 'unreadable':
      throw new Error('the due index lists an item of an unknown kind')
    case 'request': {
      const request = await store.getRequest(item.requestId)
      if (request === undefined) return 'gone'
      if (!isDue(request)) return 'not-due'
      await sweepRequest(request, sweep)
      return 'done'
    }
    case 'submission': {
      const request = await store.getRequest(item.requestId)
      if (request === undefined || request.generation !== item.generation) return 'gone'
      const submission = await store.getSubmission(request, item.submission)
      if (submission === undefined) return 'gone'
      return (await sweepSubmission(submission, request, sweep)) ? 'done' : 'not-due'
    }
    case 'orphan': {
      const orphan = await store.getOrphan(item)
      if (orphan === undefined) return 'gone'
      if (!isDue(orphan)) return 'not-due'
      await adoptOrphan(orphan, sweep)
      return 'done'
    }
  }
}

/**
 * Sends the work messages of submissions that were not created, asks ThingSpace for results that are about to expire, and
 * updates the summary.
 */
async function sweepRequest(request: ProfileRequest, sweep: Sweep): Promise<void> {
  const { store, clock, asking } = sweep
  const submissions = await store.listSubmissions(request)
  const missing = new Set(
    missingSubmissions(request, submissions).map((firstDevice) => Math.floor(firstDevice / devicesPerPart)),
  )
  if (request.cancelledAt === undefined && missing.size > 0) {
    await sendPartMessages(request, [...missing], sweep)
  }
  for (const submission of submissions) {
    // The next sweep asks for the others. If they reach their deadline before, they expire.
    if (!asking.isOpen()) break
    if (!isToBeAsked(submission, request, clock())) continue
    await asking.ask(() => reconcileSubmission(submission, request, { ...sweep, until: asking.until }))
  }
  await updateSummary(request.requestId, sweep, { until: sweep.beganAt + sweep.shareMilliseconds })
}
