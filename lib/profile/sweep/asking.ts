import type { Clock } from '../ports.ts'
import { createLanes } from './lanes.ts'

/** How a sweep asks ThingSpace for results. */
export type Asking = {
  /** Whether the sweep may still ask. */
  isOpen: () => boolean
  /** No call begins after this time, in epoch milliseconds. It is now as soon as ThingSpace does not respond. */
  until: number
  /** Asks when it is this caller's turn, if the sweep may still ask then. */
  ask: (work: () => Promise<'answered' | 'no-answer'>) => Promise<void>
}

/** How many status calls of a sweep run at once. ThingSpace publishes no limit for them. */
const mostAtOnce = 4

/** Creates the turns to ask. The first call is alone, so a peer that does not respond keeps one caller waiting, not four. */
export function createAsking(until: number, clock: Clock): Asking {
  const inLane = createLanes(mostAtOnce)
  let first: Promise<void> | undefined
  const asking: Asking = {
    until,
    isOpen: () => clock() < asking.until,
    async ask(work) {
      const once = async () => {
        if (asking.isOpen() && (await work()) === 'no-answer') asking.until = clock()
      }
      if (first !== undefined) {
        await first.catch(() => undefined)
        return inLane(once)
      }
      first = once()
      return first
    },
  }
  return asking
}
