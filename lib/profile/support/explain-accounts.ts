import { inParallel } from '../../parallel.ts'
import { callbackServices } from '../order/actions.ts'
import { judgeRecords } from '../listener/admit-accounts.ts'
import type { ListenerRecord, ListenerStore } from '../listener/listener-store.ts'
import type { DueStore } from '../request/due-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import { isFinalRequest } from '../request/states.ts'
import type { Admission } from '../submission/admission.ts'

export type ExplainAccountsDependencies = {
  store: Pick<ListenerStore, 'listListeners'> & Pick<DueStore, 'listDue'> & Pick<RequestStore, 'getRequest'>
  /** The accounts whose callbacks this deployment receives. */
  accounts: readonly string[]
  /** The most open items to read from each shard of the index. */
  limit: number
}

export type ExplainedService = { service: string; admission: Admission; record: ListenerRecord | undefined }
export type ExplainedAccount = {
  accountName: string
  isConfigured: boolean
  services: ExplainedService[]
  /** Requests of the account that have no final status yet. */
  openRequests: string[]
}

/** The judged accounts. `isPartial`: the index has more open items than were read. */
export type ExplainedAccounts = { accounts: ExplainedAccount[]; isPartial: boolean }

/**
 * Judges each account as the check of an order does, for operators. Includes accounts that are not configured, if they
 * have open requests. It reads the table only.
 */
export async function explainAccounts({
  store,
  accounts,
  limit,
}: ExplainAccountsDependencies): Promise<ExplainedAccounts> {
  const due = await store.listDue(Number.MAX_SAFE_INTEGER, limit)
  const requestIds = [...new Set(due.flatMap((item) => (item.kind === 'request' ? [item.requestId] : [])))]
  const open = new Map<string, string[]>()
  await inParallel(requestIds, async (requestId) => {
    const request = await store.getRequest(requestId)
    if (request === undefined || isFinalRequest(request.summary.status)) return
    open.set(request.accountName, [...(open.get(request.accountName) ?? []), requestId])
  })
  const explained: ExplainedAccount[] = []
  for (const accountName of new Set([...accounts, ...open.keys()])) {
    const isConfigured = accounts.includes(accountName)
    const records = isConfigured ? await store.listListeners(accountName) : []
    explained.push({
      accountName,
      isConfigured,
      services: callbackServices.map((service) => ({
        service,
        admission: isConfigured ? judgeRecords(records, service) : { kind: 'refused', reason: 'not-configured' },
        record: records.find((each) => each.service === service),
      })),
      openRequests: open.get(accountName) ?? [],
    })
  }
  return { accounts: explained, isPartial: due.length >= limit }
}
