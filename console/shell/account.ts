import { computed, signal } from '@preact/signals'
import { call } from '../api/call.ts'
import { Listeners } from '../api/operate.ts'
import { access, may } from '../session/session.ts'

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

/** Learns the accounts of the gateway, if the token is for all of them and may operate. Otherwise a name is typed. */
export async function learnAccounts(): Promise<void> {
  if (access.value?.accounts !== undefined || !may('profiles:operate')) return
  const reply = await call('/v1/operate/listeners', Listeners)
  if (reply.kind === 'answer')
    listedAccounts.value = [...new Set(reply.value.items.map(({ accountName }) => accountName))].toSorted()
}
