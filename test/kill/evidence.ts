import type { CallbackRecord } from '../../local/simulator/callback/delivery.ts'
import type { AcceptedSubmission } from '../../local/simulator/api/submissions.ts'
import { type Entry, type Ledger, deviceName } from './ledger.ts'
import type { StoredRequest, TableContents } from './table-contents.ts'

/** A violation and its subject. */
export type Violation = { invariant: string; what: string; entry?: Entry | undefined; ids?: readonly string[] }

/** A submission that ThingSpace accepted, and its order. */
export type Acceptance = { id: string; entry: Entry; deviceIds: readonly string[]; accepted: AcceptedSubmission }

/** A stored request and its order. */
export type Kept = StoredRequest & { entry: Entry }

/** Everything that is compared at the end. */
export type Evidence = {
  ledger: Ledger
  table: TableContents
  kept: readonly Kept[]
  acceptances: readonly Acceptance[]
  callbacks: readonly CallbackRecord[]
}

type Sources = {
  ledger: Ledger
  table: TableContents
  submissions: readonly AcceptedSubmission[]
  callbacks: readonly CallbackRecord[]
}

/** Assigns the stored requests and ThingSpace's acceptances to the orders, by device and action. */
export function gatherEvidence({ ledger, table, submissions, callbacks }: Sources): Evidence {
  const kept = [...table.requests.values()].flatMap((stored) => {
    const entry = ledger.byDevice(deviceName(stored.request.action, stored.devices[0]?.[0]?.id ?? ''))
    return entry === undefined ? [] : [{ ...stored, entry }]
  })
  const acceptances = submissions.flatMap((accepted): Acceptance[] => {
    const deviceIds = accepted.devices.map(([first]) => first?.id ?? '')
    const entry = ledger.byDevice(deviceName(accepted.action, deviceIds[0] ?? ''))
    return entry === undefined ? [] : [{ id: accepted.requestId, entry, deviceIds, accepted }]
  })
  return { ledger, table, kept, acceptances, callbacks }
}

/** The devices of a submission, each by the first id that ThingSpace received. */
export const devicesOf = (
  { devices }: StoredRequest,
  { firstDevice, deviceCount }: { firstDevice: number; deviceCount: number },
): string[] => devices.slice(firstDevice, firstDevice + deviceCount).map((device) => device[0]?.id ?? '')
