import { isFinalRequest } from '../../../lib/profile/request/states.ts'
import type { Evidence, Violation } from '../evidence.ts'

/** Promises to callers: a returned id is stored with all its devices, and an order is stored once. */
export function checkRecorded({ ledger, table, kept }: Evidence): Violation[] {
  const violations: Violation[] = []
  for (const entry of ledger.entries) {
    const { order, told } = entry
    const ids = new Set(told.flatMap(({ what, requestId }) => (what === 'submit' ? (requestId ?? []) : [])))
    const fail = (what: string) => violations.push({ invariant: 'recorded', what, entry, ids: [...ids] })
    if (ids.size > 1) fail('repeats of one order returned different ids')
    for (const id of ids) {
      const stored = table.requests.get(id)
      if (stored === undefined) fail(`${id} was returned to the caller and is not in the table`)
      else if (stored.devices.length !== order.devices.length) fail(`${id} holds ${stored.devices.length} devices`)
    }
    for (const { what, status, requestId } of told) {
      if (status === 202 && requestId === undefined) fail(`202 to ${what} without a request id`)
    }
    const last = told.findLast(({ what }) => what === 'submit')
    if (order.caller === 'repeats until answered' && last?.status === 'no-answer') fail('was never answered')
  }
  const records = Map.groupBy(kept, ({ entry }) => entry)
  for (const [entry, requests] of records) {
    if (requests.length > 1) {
      const ids = requests.map(({ request }) => request.requestId)
      violations.push({ invariant: 'recorded', what: 'one order is recorded more than once', entry, ids })
    }
  }
  if (kept.length !== table.requests.size) {
    violations.push({ invariant: 'recorded', what: `${table.requests.size - kept.length} requests belong to no order` })
  }
  return violations
}

/** Every stored request becomes final, or awaits a decision, within limited time. */
export function checkFinal({ kept }: Evidence, { mayWait }: { mayWait: boolean }): Violation[] {
  return kept.flatMap(({ request, submissions, entry }) => {
    if (isFinalRequest(request.summary.status)) return []
    const open = submissions.filter(({ state, awaitsDecision }) => state === 'unconfirmed' && awaitsDecision === true)
    if (mayWait && open.length > 0 && request.summary.status === 'unconfirmed') return []
    const states = [...new Set(submissions.map(({ state }) => state))].join(', ')
    return [
      { invariant: 'final', what: `is still ${request.summary.status} (${states})`, entry, ids: [request.requestId] },
    ]
  })
}
