import { audited, type AuditTrail } from '../../profile/audit/audit-trail.ts'
import { admissionText, judgeRecords } from '../../profile/listener/admit-accounts.ts'
import type { ListenerStore } from '../../profile/listener/listener-store.ts'
import { callbackServices } from '../../profile/order/actions.ts'
import type { ApiAnswer } from '../api-call.ts'
import { type Caller, mayUse } from '../caller.ts'
import { requireNoParameters } from '../parameters.ts'

export type ListenersDependencies = {
  store: Pick<ListenerStore, 'listListeners'>
  /** The accounts whose callbacks this deployment receives. */
  accounts: readonly string[]
  /** Runs keep-listener soon. */
  askForCheck: () => Promise<void>
  audit: AuditTrail
}

const iso = (instant: number): string => new Date(instant).toISOString()

/** How many accounts are read side by side, so that a long list of accounts is not one burst. */
const readAtOnce = 10

/** GET /v1/operate/listeners: what keep-listener last found out for each account and callback service of the caller. */
export async function listListeners(
  caller: Caller,
  query: unknown,
  { store, accounts }: Pick<ListenersDependencies, 'store' | 'accounts'>,
): Promise<ApiAnswer> {
  requireNoParameters(query)
  const own = accounts.filter((accountName) => mayUse(caller, accountName))
  const items: ReturnType<typeof view>[] = []
  for (let at = 0; at < own.length; at += readAtOnce) {
    const read = await Promise.all(
      own.slice(at, at + readAtOnce).map(async (accountName) => {
        const records = await store.listListeners(accountName)
        return callbackServices.map((service) => view(accountName, service, records))
      }),
    )
    items.push(...read.flat())
  }
  return { status: 200, body: { items } }
}

function view(accountName: string, service: string, records: Awaited<ReturnType<ListenerStore['listListeners']>>) {
  const record = records.find((each) => each.service === service)
  const admission = judgeRecords(records, service)
  return {
    accountName,
    service,
    orders: admission.kind === 'admitted' ? 'served' : admission.kind,
    reason: admission.kind === 'admitted' ? null : admissionText[admission.reason],
    state: record?.state ?? null,
    checkedAt: record === undefined ? null : iso(record.checkedAt),
    refusal: record?.refusal ?? null,
    known: record?.known === undefined ? null : { state: record.known.state, at: iso(record.known.at) },
  }
}

/**
 * POST /v1/operate/listeners/check: runs keep-listener, which checks the registrations of all accounts and repairs them
 * as it does each hour. The list shows its result with a new `checkedAt`.
 */
export async function checkListeners(
  caller: Caller,
  { askForCheck, audit }: Pick<ListenersDependencies, 'askForCheck' | 'audit'>,
): Promise<ApiAnswer> {
  await audited(
    audit,
    { act: 'listener.check', actor: caller.id, subject: 'listeners' },
    { effect: askForCheck, outcomeOf: () => ({ result: 'done' }) },
  )
  return { status: 202, body: { outcome: 'asked' } }
}
