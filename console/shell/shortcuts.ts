import { useEffect } from 'preact/hooks'
import { helpIsOpen } from './help.tsx'
import { go } from './route.ts'
import { screens } from './screens.ts'

/** The time between `g` and the key of a screen. */
const patienceMs = 1500

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement

/** Listens for the keys of the console, except while somebody types or a dialog is open. */
export function useShortcuts(): void {
  useEffect(() => {
    let leaderAt = 0
    const listen = (event: KeyboardEvent) => {
      const isDialog = document.querySelector('dialog[open]') !== null
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isDialog) return
      const screen = screens.find(({ key }) => key === event.key)
      if (event.key === '/') document.getElementById('search')?.focus()
      else if (event.key === '?') helpIsOpen.value = true
      else if (event.key === 'g') leaderAt = event.timeStamp
      else if (screen !== undefined && event.timeStamp - leaderAt < patienceMs) go(`#/${screen.name}`)
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}
