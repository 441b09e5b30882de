import { signal } from '@preact/signals'

export type Theme = 'auto' | 'light' | 'dark'
const key = 'console.theme'

const kept = (): Theme => {
  const text = localStorage.getItem(key)
  return text === 'light' || text === 'dark' ? text : 'auto'
}

export const theme = signal<Theme>(kept())

/** Applies the chosen theme to the page. `auto` follows the system. */
export function startTheme(): void {
  theme.subscribe((chosen) => {
    document.documentElement.dataset['theme'] = chosen
    localStorage.setItem(key, chosen)
  })
}
