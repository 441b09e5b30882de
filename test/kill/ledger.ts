import type { Order } from './orders.ts'

/** An action of a caller and its answer. `no-answer`: the call broke off. */
export type Told = {
  at: number
  what: 'submit' | 'retry' | 'cancel'
  status: number | 'no-answer'
  requestId: string | undefined
}

export type Entry = { order: Order; told: Told[] }

/** All actions of callers, for the comparison at the end. */
export type Ledger = {
  open: (order: Order) => Entry
  entries: readonly Entry[]
  byDevice: (name: string) => Entry | undefined
}

/** One name for a device under one action, by any of its ids. */
export const deviceName = (action: string, id: string): string => `${action} ${id}`

export function createLedger(): Ledger {
  const entries: Entry[] = []
  const byDevice = new Map<string, Entry>()
  return {
    entries,
    byDevice: (name) => byDevice.get(name),
    open: (order) => {
      const entry: Entry = { order, told: [] }
      entries.push(entry)
      for (const { ids } of order.devices) {
        for (const kind of order.kinds) byDevice.set(deviceName(order.action, ids[kind]), entry)
      }
      return entry
    },
  }
}

/** Decisions to retry that may have taken effect, including those without an answer. */
export const retriesOf = ({ told }: Entry): number =>
  told.filter(({ what, status }) => what === 'retry' && (status === 'no-answer' || status < 400 || status >= 500))
    .length

export const wasCancelled = ({ told }: Entry): boolean => told.some(({ what }) => what === 'cancel')
