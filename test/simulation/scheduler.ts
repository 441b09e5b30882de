import { restock } from '../fakes/dynamodb/refill.ts'
import type { FaultKind, Plan } from './plan.ts'
import type { Seeded } from './random.ts'

/** One run of a function. It lives until it answers, throws or crashes. */
export type Invocation = {
  readonly name: string
  alive: boolean
  effects: number
  /** When Lambda ends it. */
  deadline: number
  /** A fault suspended it, so it is allowed to exceed its time limit and continues. */
  excused: boolean
}

export type Ended<Value> = { kind: 'done'; value: Value } | { kind: 'failed'; error: unknown } | { kind: 'crashed' }

/** Something that leaves the process. `perform` does all of it at once. */
export type Effect = {
  label: string
  /** Nothing changes outside the process. */
  isRead?: boolean
  /** The faults other than a crash that make sense for it. Reads can only be refused. */
  faults: readonly FaultKind[]
  perform: () => unknown
  /** What the caller sees if the response is lost or the effect is refused: an error, or an answer of its own. */
  onLost: () => unknown
  onRefused: () => unknown
  /** The longest time that it takes, in milliseconds. */
  takes: number
  /** How long the peer keeps the caller waiting, if it does. Then nothing was done, and the caller sees `onLost`. */
  hangs?: () => number | undefined
  /**
   * Set when it was performed: it read one of several places that its caller treats alike, and found nothing there. If it
   * is refused, it leaves the same state as any other of them that is refused to the same invocation.
   */
  isOneOfEmpty?: boolean
  /** It deletes the messages of an invocation, which are delivered again unless it is done. */
  isAcknowledgement?: true
  /** Faults that only this effect has. */
  special?: (kind: FaultKind) => unknown
}

type Pending = {
  invocation: Invocation
  effect: Effect
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
  thawed: boolean
}
type Timed = { at: number; order: number; action: () => void }

/** One effect as it passed the gate. */
export type Step = {
  number: number
  at: number
  invocation: Invocation
  first: boolean
  effect: Effect
  fault: FaultKind | undefined
}

export type SchedulerOptions = {
  startAt: number
  random: Seeded
  plan: Plan
  /** Runs after each effect that was done. Throws on a violated invariant. */
  afterEffect: (step: Step) => void
  onStep?: (step: Step) => void
  maximumSteps: number
  /** Effects overlap in time. Otherwise one follows after the other, and the clock counts the time of all. */
  isParallel?: boolean
  /** The time limit of a function, in milliseconds. */
  limitOf?: (name: string) => number
  /** A function exceeded its time limit without having been suspended. */
  overran?: (invocation: Invocation) => void
}

const anywhere: ReadonlySet<FaultKind> = new Set(['crash-before', 'crash-after', 'frozen'])
const frozenMilliseconds = 75_000

/** Throws when it is called, because an error with its stack is expensive and rarely needed. */
export const raise = (message: string) => (): never => {
  throw new Error(message)
}

/**
 * Runs every live invocation of a world in one thread, one effect at a time. The seed decides which effect comes
 * next, so every interleaving at effect boundaries is possible and can be replayed.
 *
 * Between two effects all promises settle: a tick that a microtask requests comes when the microtask queue is empty.
 */
export class Scheduler {
  now: number
  steps = 0
  plan: Plan
  /** Called at each rest: nothing is in flight, and something is still to come. */
  atRest: (() => void) | undefined
  readonly #options: SchedulerOptions
  readonly #timed: Timed[] = []
  #pending: Pending[] = []
  #order = 0
  #failure: unknown
  #live = new Map<Invocation, () => void>()

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.now = options.startAt
    this.plan = options.plan
  }

  /** Schedules something for a time, unless the world ends earlier. */
  at(at: number, action: () => void): void {
    const timed = { at: Math.max(Math.ceil(at), this.now), order: this.#order++, action }
    let index = this.#timed.length
    this.#timed.push(timed)
    // A heap: the earliest first, and of two at the same time the one that was scheduled first.
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(timed, this.#timed[parent]!)) break
      this.#timed[index] = this.#timed[parent]!
      index = parent
    }
    this.#timed[index] = timed
  }

  after(milliseconds: number, action: () => void): void {
    this.at(this.now + milliseconds, action)
  }

  /** Starts an invocation. `ended` receives its outcome. After a crash no part of it continues. */
  invoke<Value>(
    name: string,
    run: (invocation: Invocation) => Promise<Value>,
    ended: (outcome: Ended<Value>) => void,
  ): void {
    const deadline = this.now + (this.#options.limitOf?.(name) ?? Infinity)
    const invocation: Invocation = { name, alive: true, effects: 0, deadline, excused: false }
    const end = (outcome: Ended<Value>): void => {
      if (!invocation.alive) return
      invocation.alive = false
      this.#live.delete(invocation)
      this.guard(() => ended(outcome))
    }
    this.#live.set(invocation, () => end({ kind: 'crashed' }))
    run(invocation).then(
      (value) => end({ kind: 'done', value }),
      (error: unknown) => end({ kind: 'failed', error }),
    )
  }

  /** The gate that every effect passes. The promise of an effect whose process has crashed never settles. */
  gate<Value>(invocation: Invocation, effect: Effect): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      const pending = { invocation, effect, resolve: resolve as (value: unknown) => void, reject, thawed: false }
      const arrive = (): void => {
        if (invocation.alive) this.#pending.push(pending)
      }
      if (this.#options.isParallel === true) this.after(this.#duration(effect), arrive)
      else arrive()
    })
  }

  /** Lets an invocation sleep. */
  sleep(invocation: Invocation, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(milliseconds, () => {
        if (invocation.alive) resolve()
      })
    })
  }

  /** Runs something inside a stack that would swallow its errors. An error ends the run instead. */
  guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#failure ??= error
    }
  }

  /** Runs until nothing is left to do. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      const tick = (): void => {
        try {
          if (this.#advance()) queueMicrotask(next)
          else resolve()
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      const next = (): void => process.nextTick(tick)
      queueMicrotask(next)
    })
  }

  /**
   * Saves a rest. The returned function restores it, as often as it is called. Pending work consists of closures over
   * objects of the world, and each of those restores its own state.
   */
  mark(): () => void {
    const { now, steps } = this
    const timed = [...this.#timed]
    const order = this.#order
    return () => {
      // Work left by an aborted run must not continue.
      for (const invocation of this.#live.keys()) invocation.alive = false
      this.#live = new Map()
      this.#pending = []
      this.#failure = undefined
      restock(this.#timed, timed)
      this.#order = order
      this.now = now
      this.steps = steps
    }
  }

  #advance(): boolean {
    if (this.#failure !== undefined) throw this.#failure
    const due = this.#timed[0]
    const effects = this.#pending.length
    if (effects === 0) {
      if (due === undefined) return this.#endOverdue(Infinity)
      if (this.#live.size === 0) this.atRest?.()
      else if (this.#endOverdue(due.at)) return true
      this.now = Math.max(this.now, due.at)
      this.#pop().action()
      return true
    }
    const isDue = due !== undefined && due.at <= this.now
    const choices = effects + (isDue ? 1 : 0)
    const chosen = choices === 1 ? 0 : this.#options.random.below(choices)
    if (chosen === effects) this.#pop().action()
    else this.#letThrough(chosen)
    return true
  }

  #letThrough(index: number): void {
    const pending = this.#pending[index]!
    const last = this.#pending.pop()!
    if (last !== pending) this.#pending[index] = last
    const { invocation, effect } = pending
    const number = pending.thawed ? this.steps : (this.steps += 1)
    if (number > this.#options.maximumSteps) throw new Error(`still busy after ${number} effects`)
    const planned = pending.thawed ? undefined : this.plan.get(number)
    // A random plan may contain a fault that this effect cannot have.
    const fault =
      planned !== undefined && (anywhere.has(planned) || effect.faults.includes(planned)) ? planned : undefined
    const first = invocation.effects === 0
    invocation.effects += 1
    const step = { number, at: this.now, invocation, first, effect, fault }
    this.#options.onStep?.(step)
    if (fault === 'frozen') {
      invocation.excused = true
      this.after(frozenMilliseconds, () => {
        if (invocation.alive) this.#pending.push({ ...pending, thawed: true })
      })
      return
    }
    const hangs = fault === undefined ? effect.hangs?.() : undefined
    if (hangs !== undefined) {
      this.after(hangs, () => {
        if (invocation.alive) this.#settle(pending, effect.onLost)
      })
      return
    }
    if (this.#options.isParallel !== true) this.now += this.#duration(effect)
    if (this.now > invocation.deadline && !invocation.excused) return this.#end(invocation)
    this.#perform(pending, fault)
    this.#options.afterEffect(step)
  }

  #duration = ({ takes }: Effect): number => 1 + this.#options.random.below(takes)

  /** Ends the invocation with the earliest time limit, if it is before a given time. Returns whether there was one. */
  #endOverdue(before: number): boolean {
    let first: Invocation | undefined
    for (const invocation of this.#live.keys()) {
      if (invocation.excused || invocation.deadline >= before) continue
      if (first === undefined || invocation.deadline < first.deadline) first = invocation
    }
    if (first === undefined) return false
    this.now = Math.max(this.now, first.deadline)
    this.#end(first)
    return true
  }

  #end(invocation: Invocation): void {
    this.guard(() => this.#options.overran?.(invocation))
    this.#crash(invocation)
  }

  #settle({ resolve, reject }: Pick<Pending, 'resolve' | 'reject'>, action: () => unknown): void {
    try {
      const value = action()
      // A promise is still a whole effect: it was done before it could be awaited.
      if (value instanceof Promise) value.then(resolve, reject)
      else resolve(value)
    } catch (error) {
      reject(error)
    }
  }

  #perform(pending: Pending, fault: FaultKind | undefined): void {
    const { invocation, effect } = pending
    const settle = (action: () => unknown): void => this.#settle(pending, action)
    const perform = (): void => ignoreFailure(effect.perform)
    switch (fault) {
      case undefined:
        return settle(effect.perform)
      case 'crash-before':
        return this.#crash(invocation)
      case 'crash-after':
        perform()
        return this.#crash(invocation)
      case 'lost':
        perform()
        return settle(effect.onLost)
      case 'repeated':
        perform()
        return settle(effect.perform)
      case 'refused':
        return settle(effect.onRefused)
      case 'late':
      case 'vanished':
        return settle(() => effect.special?.(fault))
      case 'frozen':
    }
  }

  #crash(invocation: Invocation): void {
    this.#pending = this.#pending.filter((pending) => pending.invocation !== invocation)
    this.#live.get(invocation)?.()
  }

  #pop(): Timed {
    const first = this.#timed[0]!
    const last = this.#timed.pop()!
    const size = this.#timed.length
    if (size === 0) return first
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      if (left >= size) break
      const right = left + 1
      const child = right < size && isBefore(this.#timed[right]!, this.#timed[left]!) ? right : left
      if (isBefore(last, this.#timed[child]!)) break
      this.#timed[index] = this.#timed[child]!
      index = child
    }
    this.#timed[index] = last
    return first
  }
}

const isBefore = (a: Timed, b: Timed): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

function ignoreFailure(action: () => unknown): void {
  try {
    const value = action()
    if (value instanceof Promise) value.catch(() => undefined)
  } catch {
    // The caller never learns the outcome.
  }
}
