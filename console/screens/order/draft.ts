import { signal } from '@preact/signals'
import * as z from 'zod/mini'

/** What is typed into the order form. It survives a new sign-in and a reload of the page. */
const Draft = z.object({ action: z.string(), members: z.record(z.string(), z.string()), devices: z.string() })
export type Draft = z.infer<typeof Draft>

const key = 'console.order'
const empty: Draft = { action: 'download_enable', members: {}, devices: '' }

function kept(): Draft {
  try {
    return Draft.parse(JSON.parse(sessionStorage.getItem(key) ?? ''))
  } catch {
    return empty
  }
}

export const draft = signal<Draft>(kept())

export function changeDraft(changes: Partial<Draft>): void {
  draft.value = { ...draft.value, ...changes }
  try {
    sessionStorage.setItem(key, JSON.stringify(draft.value))
  } catch {
    // The list is too long for the store of the browser. It stays in the page.
  }
}

export const forgetDraft = (): void => changeDraft(empty)
