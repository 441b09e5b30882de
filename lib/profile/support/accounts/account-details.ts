import { type AccountHealthDependencies, readAccountHealth } from './account-health.ts'
import { lastCallbackOf, type LastCallbackDependencies } from './last-callback.ts'

export type AccountDetailsDependencies = {
  store: AccountHealthDependencies['store'] & LastCallbackDependencies['store']
  /** The accounts whose callbacks this deployment receives. */
  accounts: readonly string[]
}

/**
 * The state of one account, with its newest callback. `isKnown` is false if the account is not served, and nothing of it
 * was found, because the name may be any text.
 */
export async function readAccountDetails(accountName: string, { store, accounts }: AccountDetailsDependencies) {
  const [health] = await readAccountHealth({ store, accounts, only: [accountName] })
  if (health === undefined) throw new Error('an account was asked for, and none was explained')
  const lastCallback = await lastCallbackOf(accountName, { store })
  const found = health.open.requests + health.orphans.count + health.quarantined.messages
  return {
    details: { ...health, lastCallback },
    isKnown: accounts.includes(accountName) || found > 0 || lastCallback.at !== null,
  }
}
