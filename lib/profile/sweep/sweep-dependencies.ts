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

/** What the sweep may use. At ThingSpace it only asks for request statuses; it never submits. */
export type SweepDependencies = {
  store: Pick<DueStore, 'listDue' | 'listAwaitingDecision' | 'postponeDue'> &
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
  /** How long a sweep begins new items. The rest stays due for the next sweep. Must be below the function's time-out. */
  sweepMilliseconds: number
}

/** A sweep in progress, with its deadlines in epoch milliseconds. */
export type Sweep = SweepDependencies & {
  /** The sweep begins no item after this time. */
  stopAt: number
  /** ThingSpace is not asked for results after this time. It is set to now as soon as ThingSpace does not respond. */
  asking: { until: number }
}
