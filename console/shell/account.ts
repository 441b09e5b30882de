import { computed, signal } from '@preact/signals'
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
