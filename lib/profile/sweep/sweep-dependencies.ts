import type { AuditTrail } from '../audit/audit-trail.ts'
import type { Clock, Log, Random } from '../ports.ts'
import type { DeviceStore } from '../request/device-link.ts'
import type { DueStore } from '../request/due-store.ts'
import type { RequestStore, RetentionStore } from '../request/request-store.ts'
import type { ResultStore, UpstreamStore } from '../request/result-store.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { UpstreamStatusLookUp } from '../status/upstream-status.ts'
import type { SubmissionQueue } from '../submission/queue.ts'
import type { Asking } from './asking.ts'

/** What the sweep may use. At ThingSpace it only asks for request statuses; it never submits. */
export type SweepDependencies = {
  store: Pick<DueStore, 'findDueShards' | 'listDueOf' | 'listAwaitingDecision' | 'postponeDue'> &
    Pick<RequestStore, 'getRequest' | 'getDevices' | 'beginSummary' | 'saveSummary'> &
    Pick<SubmissionStore, 'getSubmission' | 'listSubmissions' | 'saveSubmission' | 'saveAccepted'> &
    Pick<ResultStore, 'listResults' | 'recordResult'> &
    Pick<UpstreamStore, 'getOrphan' | 'findUpstreamLink' | 'removeOrphan' | 'postponeOrphan'> &
    Pick<DeviceStore, 'listLinks' | 'writeLinks'> &
    Pick<RetentionStore, 'keepLonger'>
  queue: SubmissionQueue
  audit: AuditTrail
  requestStatus: UpstreamStatusLookUp
  settings: Settings
  clock: Clock
  random: Random
  log: Log
  /** How long a sweep begins new items in every shard. */
  sweepMilliseconds: number
  /**
   * How long it begins new items in the shards of its share, if there are so many. With the time of the last item it must be
   * below the function's time-out, which must be below the time until the next sweep with the same share.
   */
  shareMilliseconds: number
  /** How many items a sweep works on at once. */
  lanes: number
  /** How many entries of a shard it reads at once. */
  pageItems: number
  /** If the due index has at most so many entries, one read finds the shards with due items, else all shards are read. */
  probedItems: number
}

/** A sweep in progress. */
export type Sweep = SweepDependencies & {
  /** When the sweep began, in epoch milliseconds. */
  beganAt: number
  asking: Asking
}
