import { batch, signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { type Device, DevicePage } from '../../api/requests.ts'

/** The devices of the first page, which should paint at once, and of the others. */
const firstPage = 200
const otherPages = 1000

/** The devices of a request, page by page. */
function createDeviceList(requestId: string) {
  const devices = signal<readonly Device[]>([])
  const isComplete = signal(false)
  const failure = signal<Failure | undefined>(undefined)
  let run = 0

  /** Reads all pages. The rows that are shown stay until their new versions are there. */
  const read = async (): Promise<void> => {
    run += 1
    const own = run
    const fresh: Device[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const limit = fresh.length === 0 ? firstPage : otherPages
      const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const reply = await call(`/v1/requests/${requestId}/devices?limit=${limit}${from}`, DevicePage)
      if (own !== run) return
      if (reply.kind !== 'answer') {
        failure.value = reply.kind === 'failed' ? reply.failure : undefined
        return
      }
      const { items, nextCursor } = reply.value
      fresh.push(...items)
      cursor = nextCursor
      batch(() => {
        failure.value = undefined
        devices.value = [...fresh, ...devices.value.slice(fresh.length)]
        isComplete.value = nextCursor === null
      })
    }
  }
  const stop = () => {
    run += 1
  }
  return { devices, isComplete, failure, read, stop }
}

/** Reads the devices, and reads them again when the request changes. */
export function useDevices(requestId: string, updatedAt: string) {
  const list = useMemo(() => createDeviceList(encodeURIComponent(requestId)), [requestId])
  useEffect(() => {
    void list.read()
    return list.stop
  }, [list, updatedAt])
  return list
}
