import { signal } from '@preact/signals'

/** The current time in epoch milliseconds, which changes each second while the page is visible. */
export const now = signal(Date.now())

window.setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now()
}, 1000)
