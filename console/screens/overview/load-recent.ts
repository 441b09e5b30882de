import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { type ListedRequest, RequestPage } from '../../api/requests.ts'
import { session } from '../../session/session.ts'

/** The most pages of 100 requests that the overview reads. */
const mostPages = 5
const everyMs = 10_000

/** The newest requests of an account since a time, read again from time to time while the page is visible. */
function createRecent(accountName: string, since: string) {
  const value = signal<readonly ListedRequest[] | undefined>(undefined)
  const isCut = signal(false)
  const at = signal<number | undefined>(undefined)
  const failure = signal<Failure | undefined>(undefined)
  let timer: number | undefined
  let run = 0

  const read = async (): Promise<void> => {
    window.clearTimeout(timer)
    run += 1
    const own = run
    const path = `/v1/requests?${new URLSearchParams({ accountName, createdAfter: since, limit: '100' })}`
    const found: ListedRequest[] = []
    let cursor: string | null = ''
    for (let page = 0; page < mostPages && cursor !== null; page += 1) {
      const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const reply = await call(`${path}${from}`, RequestPage)
      if (own !== run) return
      if (reply.kind !== 'answer') {
        failure.value = reply.kind === 'failed' ? reply.failure : undefined
        break
      }
      failure.value = undefined
      found.push(...reply.value.items)
      cursor = reply.value.nextCursor
      // The first page paints at once.
      if (value.value === undefined || cursor === null) value.value = [...found]
    }
    if (failure.value === undefined) {
      value.value = found
      isCut.value = cursor !== null
      at.value = Date.now()
    }
    timer = window.setTimeout(() => void refresh(), everyMs)
  }
  const refresh = async () => {
    if (document.visibilityState === 'visible' && session.value.kind === 'signed-in' && !session.value.ended)
      await read()
    else timer = window.setTimeout(() => void refresh(), everyMs)
  }
  const stop = () => {
    run += 1
    window.clearTimeout(timer)
  }
  return { value, isCut, at, failure, refresh: () => void read(), stop }
}

export function useRecent(accountName: string, since: string) {
  const recent = useMemo(() => createRecent(accountName, since), [accountName, since])
  useEffect(() => {
    recent.refresh()
    return recent.stop
  }, [recent])
  return recent
}
