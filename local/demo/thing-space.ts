import type { CallbackRecord } from '../simulator/callback/delivery.ts'
import type { BadDayOrder } from '../simulator/bad-days.ts'
import type { ThingSpaceSimulator } from '../simulator/thingspace-simulator.ts'
import type { AcceptedSubmission } from '../simulator/api/submissions.ts'
import { DeviceBody } from './answers.ts'

/** The simulator as the scenarios use it: accepted submissions, sent callbacks, and simulated outages ("bad days"). */
export type ThingSpace = {
  acceptedOf: (accountName: string) => readonly AcceptedSubmission[]
  /** How many times the simulator accepted each ICCID of an account. */
  acceptancesByIccid: (accountName: string) => Map<string, number>
  acceptedInAll: () => number
  callbacksOf: (upstreamRequestId: string) => readonly CallbackRecord[]
  callbacksOfAccount: (accountName: string) => readonly CallbackRecord[]
  /** Resolves when every callback planned so far has been delivered or given up. */
  quiet: () => Promise<void>
  badDays: (days: readonly BadDayOrder[]) => Promise<void>
  redeliver: (upstreamRequestId: string) => Promise<number>
}

type Options = { simulator: ThingSpaceSimulator; say: (line: string) => void }

/** Wraps the simulator for the scenarios, and prints outages that they start and end. */
export function watchThingSpace({ simulator, say }: Options): ThingSpace {
  const acceptedOf = (name: string) => simulator.submissions().filter(({ accountName }) => accountName === name)
  return {
    acceptedOf,
    acceptancesByIccid: (name) => {
      const counts = new Map<string, number>()
      for (const { body } of acceptedOf(name)) {
        for (const { deviceIds } of DeviceBody.parse(body).devices) {
          const iccid = deviceIds.find(({ kind }) => kind.toLowerCase() === 'iccid')?.id
          if (iccid !== undefined) counts.set(iccid, (counts.get(iccid) ?? 0) + 1)
        }
      }
      return counts
    },
    acceptedInAll: () => simulator.submissions().length,
    callbacksOf: (id) => simulator.callbacks().filter(({ requestId }) => requestId === id),
    callbacksOfAccount: (name) => simulator.callbacks().filter(({ accountName }) => accountName === name),
    quiet: async () => simulator.idle(),
    badDays: async (days) => {
      say(`ThingSpace: ${days.length === 0 ? 'the outage ends' : days.map((day) => JSON.stringify(day)).join(', ')}`)
      await simulator.setBadDays(days)
    },
    redeliver: async (requestId) => simulator.redeliver(requestId),
  }
}
