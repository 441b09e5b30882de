import { useSignal } from '@preact/signals'
import { send } from '../api/call.ts'
import type { Failure } from '../api/failure.ts'

/** Saves content as a file of the reader's machine. */
export function save(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** Saves an answer of the gateway as a CSV file, and keeps why it could not be read. */
export function useCsv(path: string, name: string) {
  const failure = useSignal<Failure | undefined>(undefined)
  const download = async (): Promise<void> => {
    const reply = await send(path, { headers: { accept: 'text/csv' } })
    if (reply instanceof Response) save(await reply.blob(), name)
    failure.value = reply instanceof Response ? undefined : reply
  }
  return { failure: failure.value, download }
}
