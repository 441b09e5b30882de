import type { CallbackTestStore } from '../profile/callback/callback-test.ts'
import type { QuarantineStore } from '../profile/callback/quarantine-store.ts'
import type { FailureStore } from '../profile/failure/failure.ts'
import type { ListenerStore } from '../profile/listener/listener-store.ts'
import type { DeviceStore } from '../profile/request/device-link.ts'
import type { DueStore } from '../profile/request/due-store.ts'
import type { RequestStore, RetentionStore } from '../profile/request/request-store.ts'
import type { ResultStore, UpstreamStore } from '../profile/request/result-store.ts'
import type { SubmissionStore } from '../profile/request/submission-store.ts'
import { accountListStore } from './account-lists.ts'
import { deviceStore } from './devices.ts'
import { dueStore } from './due.ts'
import { failureWriter } from './failures/failures.ts'
import { callbackTestStore, listenerStore } from './listeners.ts'
import { manifestStore } from './manifests.ts'
import { upstreamStore } from './orphans.ts'
import { quarantineStore } from './quarantine.ts'
import { requestStore } from './requests.ts'
import { retentionStore } from './retention.ts'
import { resultStore } from './results.ts'
import { transitionStore } from './submission-transitions.ts'
import { submissionStore } from './submissions.ts'
import { summaryStore } from './summaries.ts'
import type { Table } from './table/table.ts'

export type Store = RequestStore &
  RetentionStore &
  SubmissionStore &
  ResultStore &
  UpstreamStore &
  DeviceStore &
  QuarantineStore &
  Pick<FailureStore, 'saveFailure' | 'clearFailure'> &
  ListenerStore &
  CallbackTestStore &
  DueStore

/** Every store of the domain, over one table. A function that needs few methods takes single stores instead. */
export const createStore = (table: Table): Store => ({
  ...requestStore(table),
  ...manifestStore(table),
  ...summaryStore(table),
  ...accountListStore(table),
  ...retentionStore(table),
  ...submissionStore(table),
  ...transitionStore(table),
  ...resultStore(table),
  ...upstreamStore(table),
  ...deviceStore(table),
  ...quarantineStore(table),
  ...listenerStore(table),
  ...callbackTestStore(table),
  ...dueStore(table),
  ...failureWriter(table),
})
