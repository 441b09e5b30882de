import { inParallel } from '../../../parallel.ts'
import { judgeRecords } from '../../listener/admit-accounts.ts'
import type { ListenerRecord, ListenerStore } from '../../listener/listener-store.ts'
import { callbackServices } from '../../order/actions.ts'
import type { DueItem, DueStore } from '../../request/due-store.ts'
import type { ProfileRequest } from '../../request/request.ts'
import type { RequestStore } from '../../request/request-store.ts'
import { isFinalRequest } from '../../request/states.ts'
import type { Admission } from '../../submission/admission.ts'

export type ExplainAccountsDependencies = {
  store: Pick<ListenerStore, 'listListeners'> &
    Pick<DueStore, 'listDue' | 'listAwaitingDecision'> &
    Pick<RequestStore, 'getRequest'>
  /** The accounts whose callbacks this deployment receives. */
  accounts: readonly string[]
  /** The accounts to explain. By default the configured ones, and others that have open requests. */
  only?: readonly string[] | undefined
  /** The most open items to read from each shard of the index. */
  limit: number
  /** The most requests to read. The index tells neither their account nor their status. */
  mostRequests: number
}

export type ExplainedService = { service: string; admission: Admission; record: ListenerRecord | undefined }
export type ExplainedAccount = {
  accountName: string
  isConfigured: boolean
  services: ExplainedService[]
  /** Requests of the account that have no final status yet. */
  openRequests: string[]
  /** Their devices without a final state. */
  openDevices: number
  /** Their submissions that ThingSpace may have accepted, and those of them that wait for a decision. */
  unconfirmed: number
  awaitingDecision: number
  /** Upstream request ids with callbacks that belong to no submission. */
  orphans: number
}

/** The judged accounts. `isPartial`: there are more open items than were read, so counts may be low. */
export type ExplainedAccounts = { accounts: ExplainedAccount[]; isPartial: boolean }

/**
 * Judges each account as the check of an order does, and counts what is open. It reads the table only. Counts come from
 * stored summaries.
 */
export async function explainAccounts({
  store,
  accounts,
  only,
  limit,
  mostRequests,
}: ExplainAccountsDependencies): Promise<ExplainedAccounts> {
  const due = await store.listDue(Number.MAX_SAFE_INTEGER, limit)
  const waiting = await store.listAwaitingDecision(limit)
  const requestIds = requestIdsOf([...due, ...waiting])
  const open = await readOpen(requestIds.slice(0, mostRequests), store)
  const orphans = Map.groupBy(
    due.filter((item) => item.kind === 'orphan'),
    ({ accountName }) => accountName,
  )
  const names = only ?? [...new Set([...accounts, ...open.keys()])]
  const records = await readRecords(
    names.filter((accountName) => accounts.includes(accountName)),
    store,
  )
  return {
    accounts: names.map((accountName) => ({
      accountName,
      isConfigured: accounts.includes(accountName),
      services: servicesOf(records.get(accountName)),
      ...countsOf(open.get(accountName) ?? []),
      orphans: orphans.get(accountName)?.length ?? 0,
    })),
    isPartial: due.length >= limit || waiting.length >= limit || requestIds.length > mostRequests,
  }
}

/** An open request has a date of its own, or a submission that has one or that waits for a decision. */
const requestIdsOf = (items: readonly DueItem[]): string[] => [
  ...new Set(items.flatMap((item) => (item.kind === 'request' || item.kind === 'submission' ? [item.requestId] : []))),
]

/** The requests that have no final status, by account. */
async function readOpen(
  requestIds: readonly string[],
  store: Pick<RequestStore, 'getRequest'>,
): Promise<Map<string, ProfileRequest[]>> {
  const open: ProfileRequest[] = []
  await inParallel(requestIds, async (requestId) => {
    const request = await store.getRequest(requestId)
    if (request !== undefined && !isFinalRequest(request.summary.status)) open.push(request)
  })
  return Map.groupBy(open, ({ accountName }) => accountName)
}

async function readRecords(
  accounts: readonly string[],
  store: Pick<ListenerStore, 'listListeners'>,
): Promise<Map<string, ListenerRecord[]>> {
  const records = new Map<string, ListenerRecord[]>()
  await inParallel(accounts, async (accountName) => {
    records.set(accountName, await store.listListeners(accountName))
  })
  return records
}

/** Each callback service, judged by the records of a configured account. */
const servicesOf = (records: readonly ListenerRecord[] | undefined): ExplainedService[] =>
  callbackServices.map((service) => ({
    service,
    admission: records === undefined ? { kind: 'refused', reason: 'not-configured' } : judgeRecords(records, service),
    record: records?.find((each) => each.service === service),
  }))

function countsOf(open: readonly ProfileRequest[]) {
  const sum = (count: (request: ProfileRequest) => number) => open.reduce((total, each) => total + count(each), 0)
  return {
    openRequests: open.map(({ requestId }) => requestId),
    openDevices: sum(({ summary }) => summary.devices.pending + summary.devices.warning),
    unconfirmed: sum(({ summary }) => summary.submissions.unconfirmed),
    awaitingDecision: sum(({ summary }) => summary.awaitingDecision),
  }
}
