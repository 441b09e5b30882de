import type { AuditTrail } from '../audit/audit-trail.ts'
import type { Clock, Log, Random } from '../ports.ts'
import type { DeviceStore } from '../request/device-link.ts'
import type { DueStore } from '../request/due-store.ts'
import type { RequestStore, RetentionStore } from '../request/request-store.ts'
import type { ResultStore, UpstreamStore } from '../request/result-store.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { SubmissionQueue } from '../submission/queue.ts'

/** What retrying and cancelling a request may use. They never call ThingSpace. */
export type ManageDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'getDevices' | 'markCancelled'> &
    Pick<SubmissionStore, 'getSubmission' | 'listSubmissions' | 'saveSubmission' | 'saveAccepted'> &
    Pick<RetentionStore, 'keepLonger'> &
    Pick<ResultStore, 'listResults'> &
    Pick<UpstreamStore, 'findUpstreamLink' | 'removeOrphan' | 'listOrphansOf' | 'getOrphan'> &
    Pick<DueStore, 'listOrphans'> &
    Pick<DeviceStore, 'listLinks'>
  queue: SubmissionQueue
  audit: AuditTrail
  settings: Settings
  clock: Clock
  random: Random
  log: Log
  /** How long one decision may process submissions. Must be below the function's time-out, so that it can respond. */
  decideMilliseconds: number
}
