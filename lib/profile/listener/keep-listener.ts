import type { ListenerStore } from './listener-store.ts'
import { describeFailure } from './registrations.ts'
import { keepListener, type ListenerState, type RepairDependencies } from './repair-listener.ts'
import { callbackServices } from '../order/actions.ts'

export type KeepDependencies = RepairDependencies & {
  accounts: readonly string[]
  store: Pick<ListenerStore, 'saveListener'>
}

/**
 * Checks the callback registration of each account and service, and repairs it if it is not ours or not current. The
 * keep-listener function calls it hourly. A failing account does not block the others. A registration that may not be
 * repaired is logged as an error, which raises an alarm. Each hour begins with another account, so that slow answers do
 * not leave the same accounts unchecked. Returns the number of registrations in each state.
 */
export async function keepListeners(dependencies: KeepDependencies): Promise<Record<ListenerState, number>> {
  const { store, stopAt, clock, log } = dependencies
  const counts: Record<ListenerState, number> = {
    current: 0,
    repaired: 0,
    absent: 0,
    'other-address': 0,
    'old-credentials': 0,
    'not-known': 0,
  }
  for (const accountName of startingAt(hourOf(clock()), dependencies.accounts)) {
    for (const service of callbackServices) {
      if (clock() >= stopAt) {
        counts['not-known'] += 1
        log.error('listener drifted', { accountName, callbackService: service, state: 'not-known', cause: 'no-time' })
        continue
      }
      const refusals: string[] = []
      const state = await keepListener({ accountName, service }, collectRefusals(refusals, dependencies)).catch(
        (error: unknown): ListenerState => {
          refusals.push(`the audit could not be written: ${error instanceof Error ? error.name : 'unknown'}`)
          return 'not-known'
        },
      )
      counts[state] += 1
      // If the registration is correct in the end, an earlier refusal does not matter.
      const refusal = state === 'current' || state === 'repaired' ? undefined : refusals.at(-1)
      const fields = { accountName, callbackService: service, state, ...(refusal === undefined ? {} : { refusal }) }
      if (state === 'current' || state === 'repaired') log.info('listener kept', fields)
      else log.error('listener drifted', fields)
      const checkedAt = clock()
      try {
        await store.saveListener({
          accountName,
          service,
          state,
          checkedAt,
          ...(state === 'not-known' ? {} : { known: { state, at: checkedAt } }),
          ...(refusal === undefined ? {} : { refusal }),
        })
      } catch (error) {
        log.error('listener state not saved', { accountName, callbackService: service, error })
      }
    }
  }
  return counts
}

const hourOf = (instant: number): number => Math.floor(instant / 3_600_000)

/** The elements in their order, beginning with another one for each number. */
const startingAt = <Element>(number: number, elements: readonly Element[]): Element[] => {
  const first = number % Math.max(1, elements.length)
  return [...elements.slice(first), ...elements.slice(0, first)]
}

/**
 * Wraps the dependencies so that refusals by ThingSpace are collected. A listener registered over SOAP can neither be
 * replaced nor listed through this API. Without ThingSpace's message it would stay `absent` with no visible reason.
 */
function collectRefusals(refusals: string[], dependencies: RepairDependencies): RepairDependencies {
  const { listeners, log } = dependencies
  return {
    ...dependencies,
    listeners: {
      ...listeners,
      async register(listener) {
        const result = await listeners.register(listener)
        if (result.kind === 'registered') return result
        const refusal = describeFailure(result)
        refusals.push(refusal)
        log.warn('listener not registered', {
          accountName: listener.accountName,
          callbackService: listener.service,
          cause: result.cause,
          refusal,
        })
        return result
      },
    },
  }
}
