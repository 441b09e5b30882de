import { inParallel } from '../../parallel.ts'
import type { Clock, Log } from '../ports.ts'
import { recordFailures, type RecordFailuresDependencies } from '../failure/record-failures.ts'
import type { DeviceStore } from '../request/device-link.ts'
import type { Topic } from '../request/event-types.ts'
import { PoisonedItem } from '../request/poisoned-item.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { ResultStore, UpstreamLink, UpstreamStore } from '../request/result-store.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import { updateOrScheduleSummary } from '../status/schedule-summary.ts'
import type { Change, StreamRecord } from './change.ts'
import { linkOf } from './link-of-result.ts'
import { publishListenerEvents, publishLocked, publishRequestEvents } from './publish-events.ts'

export type ProjectDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'getDevices' | 'saveSummary' | 'beginSummary' | 'askForSummary'> &
    Pick<SubmissionStore, 'getSubmission' | 'listSubmissions' | 'saveAccepted'> &
    Pick<ResultStore, 'listResults'> &
    Pick<UpstreamStore, 'findUpstreamLink' | 'saveOrphan' | 'removeOrphan'> &
    Pick<DeviceStore, 'listLinks' | 'writeLinks'> &
    RecordFailuresDependencies['store']
  topic: Topic
  /** Interprets a stream record; undefined if it needs no action. Throws if it should be readable and is not. */
  readChange: (record: StreamRecord) => Change | undefined
  settings: Settings
  clock: Clock
  log: Log
  /** How long a batch begins new work. Must be below the function's time-out. */
  projectMilliseconds: number
}

/** How many lines of changes, and then how many summaries, are worked on at once. */
const linesAtOnce = 10

/**
 * Processes a batch of the table's stream. It publishes events, finds the submission of each new result (or saves an
 * orphan), and updates the summary of each affected request once.
 *
 * Returns the index of the first change that failed. The stream must deliver the batch again from there. Processing a
 * change twice does no harm. A poisoned item is logged and skipped, because the stream would retry it until it expires
 * and block its shard. Changes that were not reached in time count as failed, so the stream delivers them again.
 */
export async function projectChanges(
  records: readonly StreamRecord[],
  dependencies: ProjectDependencies,
): Promise<{ failedFrom: number } | undefined> {
  const { clock, log, projectMilliseconds } = dependencies
  const stopAt = clock() + projectMilliseconds
  const touched = new Map<string, { index: number; changed: Map<number, number> }>()
  const links = new Map<string, UpstreamLink>()
  let failedFrom = records.length
  const fail = (index: number) => {
    failedFrom = Math.min(failedFrom, index)
  }
  const attempt = async (index: number, work: () => Promise<void>) => {
    if (clock() >= stopAt) return fail(index)
    try {
      await work()
    } catch (error) {
      if (error instanceof PoisonedItem) return log.error('change set aside', { index, error })
      log.error('change not projected', { index, error })
      fail(index)
    }
  }
  const touch = (requestId: string, index: number, news?: { submission: number; receivedAt: number }) => {
    const known = touched.get(requestId) ?? { index, changed: new Map() }
    known.index = Math.min(known.index, index)
    touched.set(requestId, known)
    if (news === undefined) return
    const earlier = known.changed.get(news.submission) ?? news.receivedAt
    known.changed.set(news.submission, Math.min(earlier, news.receivedAt))
  }
  const project = async (change: Change, index: number) => {
    switch (change.kind) {
      case 'request':
        // Failures come first, so that a subscriber to the events finds them.
        await recordFailures(change, dependencies)
        return publishRequestEvents(change, dependencies)
      case 'listener':
        return publishListenerEvents(change, dependencies)
      case 'latch':
        return publishLocked(change, { ...dependencies, at: clock() })
      case 'submission':
        return touch(change.requestId, index)
      case 'upstream-link':
        // Results can arrive before their link is written, so all of them count as new.
        return touch(change.requestId, index, { submission: change.submission, receivedAt: 0 })
      case 'result': {
        const link = await linkOf(change, links, dependencies)
        if (link !== undefined)
          touch(link.requestId, index, { submission: link.submission, receivedAt: change.receivedAt })
      }
    }
  }

  const lines = new Map<string, { index: number; change: Change }[]>()
  for (const [index, record] of records.entries()) {
    await attempt(index, async () => {
      const change = dependencies.readChange(record)
      if (change === undefined) return
      const name = lineOf(change)
      const line = lines.get(name) ?? []
      line.push({ index, change })
      lines.set(name, line)
    })
  }
  await inParallel(
    [...lines.values()],
    async (line) => {
      for (const { index, change } of line) await attempt(index, () => project(change, index))
    },
    linesAtOnce,
  )
  await inParallel(
    [...touched],
    ([requestId, { index, changed }]) =>
      attempt(index, () => updateOrScheduleSummary(requestId, changed, dependencies)),
    linesAtOnce,
  )
  return failedFrom < records.length ? { failedFrom } : undefined
}

/**
 * Changes of one line are processed in the order of the stream: the events of a request, and the results of an upstream
 * request, of which the first finds the submission for all.
 */
function lineOf(change: Change): string {
  switch (change.kind) {
    case 'request':
      return `request ${change.after.requestId}`
    case 'result':
      return `upstream ${change.accountName} ${change.upstreamRequestId}`
    case 'submission':
    case 'upstream-link':
    case 'listener':
    case 'latch':
      return change.kind
  }
}
