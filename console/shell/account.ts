import { computed, signal } from '@preact/signals'
import { Accounts } from '../api/accounts.ts'
import { call } from '../api/call.ts'
import { access } from '../session/session.ts'

const key = 'console.account'

const chosen = signal(localStorage.getItem(key) ?? '')

/** The accounts that the console knows of: those of the token, else those that the gateway lists. */
const listedAccounts = signal<readonly string[]>([])
export const accounts = computed(() => access.value?.accounts ?? listedAccounts.value)

/** The account whose requests are shown. */
export const account = computed(() => {
  const known = accounts.value
  if (known.length === 0 || known.includes(chosen.value)) return chosen.value
  return known[0] ?? ''
})

export function chooseAccount(name: string): void {
  localStorage.setItem(key, name)
  chosen.value = name
}

/** Learns the accounts of the gateway, if the token is for all of them. If that fails, a name is typed. */
export async function learnAccounts(): Promise<void> {
  if (access.value?.accounts !== undefined) return
  const reply = await call('/v1/accounts', Accounts)
  if (reply.kind === 'answer') listedAccounts.value = reply.value.items.map(({ accountName }) => accountName).toSorted()
}
