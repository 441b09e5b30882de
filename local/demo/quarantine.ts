import { connectAudit } from '../../lib/connect-audit.ts'
import type { CallbackReading } from '../../lib/profile/request/callback.ts'
import type { QuarantinedMessage } from '../../lib/profile/callback/quarantine-store.ts'
import { type RerunOutcome, rerunQuarantined } from '../../lib/profile/support/rerun-quarantine.ts'
import * as environment from '../../lib/environment.ts'
import { quarantineReview } from '../../lib/store/quarantine-review.ts'
import { createStore } from '../../lib/store/store.ts'
import { connectTable } from '../../lib/store/table/table.ts'

/** The quarantine of the running stack, with the operations that `npm run ops -- quarantine` uses. */
export type Quarantine = {
  list: (accountName: string) => Promise<QuarantinedMessage[]>
  readAgain: (message: QuarantinedMessage, reader: (body: string) => CallbackReading) => Promise<RerunOutcome>
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Connects to the quarantine. The stack has set the functions' environment variables in this process. */
export function openQuarantine(): Quarantine {
  const table = connectTable({ ...environment.table(), clock: Date.now })
  const store = { ...createStore(table), ...quarantineReview(table) }
  const audit = connectAudit({ table, ...environment.audit(), origin: { via: 'ops' }, log: silent })
  return {
    list: async (accountName) =>
      (await store.listQuarantine({ limit: 100 })).rows.filter((message) => message.accountName === accountName),
    readAgain: (message, reader) =>
      rerunQuarantined(
        message,
        { acceptNotAuthentic: false, by: 'demo' },
        { store, readCallback: reader, audit, log: silent },
      ),
  }
}
