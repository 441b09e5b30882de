import type { Clock, Log, Random } from '../ports.ts'
import type { SubmissionOutcome } from '../request/outcome.ts'
import type { Settings } from '../request/settings.ts'
import type { HoldReason, Lane } from '../request/submission.ts'
import { afterCall, type EndedCall, effectOf } from './after-call.ts'
import { ask, flowNow, type HeldSlot, isOpen } from './ask.ts'
import type { Flow, FlowStore } from './flow.ts'
import { logFlow } from './log-flow.ts'

/** What one environment knows of each credential set, and since when (epoch milliseconds). */
export type FlowMemory = Map<string, { flow: Flow | undefined; readAt: number }>

export type FlowControlDependencies = {
  store: FlowStore
  /** The credential set of an account. ThingSpace limits each set on its own. */
  credentialSetFor: (accountName: string) => string
  settings: Pick<Settings, 'postsAtOnce' | 'callsPerMinute' | 'leaseSeconds' | 'retry'>
  clock: Clock
  random: Random
  sleep: (milliseconds: number) => Promise<unknown>
  log: Log
  /** What this environment has read. */
  memory?: FlowMemory
}

/** The permission to make one call. It must be released, whether the call was made or not. */
export type Permit = {
  kind: 'go'
  /** Calls have stopped. Try first whether ThingSpace answers at all. */
  isProbe: boolean
  /** Notes the outcome of the call, which began at `startedAt` (epoch milliseconds). */
  note(outcome: SubmissionOutcome, startedAt: number): void
  /** Frees the slot and stores what the outcome says. Never throws. */
  release(): Promise<void>
}

/** No call may be made now. `until` is the end of a pause, or now. */
export type Hold = { kind: 'hold'; why: HoldReason; until: number }

export type FlowControl = {
  /**
   * Asks whether a call for an account may be made now, and waits for its turn if that is soon. Never throws: if the
   * flow cannot be read, calls are not limited, and a call is held if its slot or turn cannot be stored.
   */
  ask(call: { accountName: string; lane: Lane; mayProbe: boolean }): Promise<Permit | Hold>
}

/** How long an environment believes what it has read. Another environment may have met a limit meanwhile. */
export const freshMilliseconds = 5_000
const mostTries = 8
/** How long an order waits for its turn. If that is later, it is held. The time-outs of the functions leave time for it. */
export const longestWaitMilliseconds = 2_000
/** Up to so much is added to each wait, because all who wait know the same moment, and only one of them is next. */
export const jitterMilliseconds = 100

/**
 * Limits the calls of each credential set to what ThingSpace takes, across all environments. They share one item, which
 * is read every five seconds at most and written only while calls are limited, unless each call needs a turn.
 */
export function createFlowControl(dependencies: FlowControlDependencies): FlowControl {
  const { store, credentialSetFor, clock, random, sleep, log } = dependencies
  const { postsAtOnce: most, callsPerMinute, leaseSeconds, retry } = dependencies.settings
  const known: FlowMemory = dependencies.memory ?? new Map()
  const remember = (credentialSet: string, flow: Flow | undefined): Flow | undefined => {
    known.set(credentialSet, { flow, readAt: clock() })
    return flow
  }

  // A limited flow changes with every call, except during a pause. A pause may end early: a call of before succeeds
  // after all, or an operator ends it. With turns every call changes the flow.
  const believedUntil = ({ flow, readAt }: { flow: Flow | undefined; readAt: number }, needsTurn: boolean): number => {
    const freshUntil = readAt + freshMilliseconds
    return !needsTurn && isOpen(flowNow(flow, { now: clock(), most }), most)
      ? freshUntil
      : Math.min(freshUntil, flow?.pause?.until ?? 0)
  }

  const flowOf = async (credentialSet: string, needsTurn = false): Promise<Flow | undefined> => {
    const held = known.get(credentialSet)
    if (held !== undefined && clock() < believedUntil(held, needsTurn)) return held.flow
    try {
      return remember(credentialSet, await store.readFlow(credentialSet))
    } catch (error) {
      log.warn('flow of calls not read', { credentialSet, cause: nameOf(error) })
      return held?.flow
    }
  }

  /** Stores the flow after a call. If others write at the same time, it begins again from what they have stored. */
  const end = async (credentialSet: string, call: EndedCall): Promise<void> => {
    try {
      let flow = await flowOf(credentialSet)
      for (let tries = 1; tries <= mostTries; tries += 1) {
        const next = afterCall(flow, call, { now: clock(), most, retry, random })
        if (next === undefined) return
        const saved = await store.saveFlow(credentialSet, next, flow?.revision)
        if (saved.kind === 'saved') {
          remember(credentialSet, next)
          return logFlow({ before: flow, after: next, credentialSet }, { most, now: clock(), log })
        }
        flow = remember(credentialSet, saved.current)
      }
      log.warn('flow of calls not stored', { credentialSet, cause: 'overtaken' })
    } catch (error) {
      // The slot becomes free at the end of its lease.
      log.warn('flow of calls not stored', { credentialSet, cause: nameOf(error) })
    }
  }

  /** Tells bulk orders that a single one waits. If somebody else writes at the same time, the next one tells it. */
  const markWaiting = async (credentialSet: string, next: Flow): Promise<void> => {
    const saved = await store.saveFlow(credentialSet, next, next.revision - 1)
    remember(credentialSet, saved.kind === 'saved' ? next : saved.current)
  }

  const permit = (credentialSet: string, slot?: HeldSlot, isProbe = false): Permit => {
    let call: EndedCall = { effect: { kind: 'none' }, startedAt: clock(), slot }
    return {
      kind: 'go',
      isProbe,
      note(outcome, startedAt) {
        call = { effect: effectOf(outcome), startedAt, slot }
      },
      release: () => end(credentialSet, call),
    }
  }

  return {
    async ask({ accountName, ...wanted }) {
      const credentialSet = credentialSetFor(accountName)
      const busy: Hold = { kind: 'hold', why: 'busy', until: clock() }
      const latestStart = clock() + longestWaitMilliseconds
      try {
        let flow = await flowOf(credentialSet, callsPerMinute > 0)
        for (let tries = 1; tries <= mostTries; tries += 1) {
          const asked = ask(flow, { ...wanted, now: clock(), most, callsPerMinute, latestStart, leaseSeconds })
          if (asked.kind === 'go') return permit(credentialSet)
          if (asked.kind === 'hold') {
            const { next, ...hold } = asked
            if (next !== undefined) await markWaiting(credentialSet, next)
            return hold
          }
          if (asked.kind === 'wait') {
            await sleep(asked.until - clock() + random() * jitterMilliseconds)
            flow = remember(credentialSet, await store.readFlow(credentialSet))
            continue
          }
          const saved = await store.saveFlow(credentialSet, asked.next, flow?.revision)
          if (saved.kind === 'saved') {
            remember(credentialSet, asked.next)
            if (asked.startAt > clock()) await sleep(asked.startAt - clock())
            return permit(credentialSet, asked.slot, asked.next.stops > 0)
          }
          flow = remember(credentialSet, saved.current)
        }
      } catch (error) {
        log.warn('flow of calls not stored', { credentialSet, cause: nameOf(error) })
      }
      return busy
    },
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown')
