import type { Store } from '../profile/ports.ts'
import { deviceStore } from './devices.ts'
import { dueStore } from './due.ts'
import { listenerStore } from './listeners.ts'
import { upstreamStore } from './orphans.ts'
import { quarantineStore } from './quarantine.ts'
import { requestStore } from './requests.ts'
import { retentionStore } from './retention.ts'
import { resultStore } from './results.ts'
import { submissionStore } from './submissions.ts'
import type { Table } from './table/table.ts'

/** Everything the domain asks of the table. */
export const createStore = (table: Table): Store => ({
  ...requestStore(table),
  ...retentionStore(table),
  ...submissionStore(table),
  ...resultStore(table),
  ...upstreamStore(table),
  ...deviceStore(table),
  ...quarantineStore(table),
  ...listenerStore(table),
  ...dueStore(table),
})
