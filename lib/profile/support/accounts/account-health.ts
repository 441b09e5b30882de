import type { QuarantineReview } from '../../callback/quarantine-store.ts'
import { admissionText } from '../../listener/admit-accounts.ts'
import {
  explainAccounts,
  type ExplainAccountsDependencies,
  type ExplainedAccount,
  type ExplainedService,
} from './explain-accounts.ts'

export type AccountHealthDependencies = {
  store: ExplainAccountsDependencies['store'] & Pick<QuarantineReview, 'listQuarantine'>
  /** The accounts whose callbacks this deployment receives. */
  accounts: readonly string[]
  /** The accounts to show. By default the configured ones, and others that have open requests. */
  only?: readonly string[] | undefined
}

/** Bounds of one answer. All accounts share the indexes and the quarantine. */
const most = { limit: 500, mostRequests: 500 }
const mostQuarantined = 200

/**
 * The state of each account, for the API and for operators: whether its orders are accepted, what is open, and what is in
 * doubt. Where a bound ended a count, its `complete` is false. It reads the table only. The login latch is not part of
 * it, because its item holds the tokens.
 */
export async function readAccountHealth({ store, ...dependencies }: AccountHealthDependencies) {
  const explained = await explainAccounts({ store, ...dependencies, ...most })
  const quarantine = await store.listQuarantine({ limit: mostQuarantined })
  const complete = !explained.isPartial
  return explained.accounts.map((account) => ({
    accountName: account.accountName,
    served: servedOf(account),
    listeners: account.services.map(viewListener),
    open: { requests: account.openRequests.length, devices: account.openDevices, complete },
    unconfirmed: { submissions: account.unconfirmed, awaitingDecision: account.awaitingDecision, complete },
    orphans: { count: account.orphans, complete },
    quarantined: {
      messages: quarantine.rows.filter(({ accountName }) => accountName === account.accountName).length,
      complete: quarantine.cursor === undefined,
    },
  }))
}

export type AccountHealth = Awaited<ReturnType<typeof readAccountHealth>>[number]

type ServedState = 'served' | 'in-doubt' | 'refused'

const iso = (instant: number): string => new Date(instant).toISOString()

/** What happens to the orders of an account: the worst of its callback services. */
function servedOf({ services }: ExplainedAccount): { state: ServedState; why: string | null } {
  for (const kind of ['refused', 'unserved', 'in-doubt'] as const) {
    for (const { admission } of services) {
      if (admission.kind === 'admitted' || admission.kind !== kind) continue
      return { state: stateOf(kind), why: admissionText[admission.reason] }
    }
  }
  return { state: 'served', why: null }
}

/** What happens to orders for a service. */
function stateOf(kind: ExplainedService['admission']['kind']): ServedState {
  switch (kind) {
    case 'admitted':
      return 'served'
    case 'in-doubt':
      return 'in-doubt'
    case 'refused':
    case 'unserved':
      return 'refused'
  }
}

const viewListener = ({ service, admission, record }: ExplainedService) => ({
  service,
  orders: stateOf(admission.kind),
  state: record?.state ?? null,
  checkedAt: record === undefined ? null : iso(record.checkedAt),
  refusal: record?.refusal ?? null,
})
