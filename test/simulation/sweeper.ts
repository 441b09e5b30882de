import type { Change } from '../fakes/dynamodb/stream.ts'
import type { Environments } from './functions.ts'
import type { Scheduler } from './scheduler.ts'
import { Violation } from './violation.ts'
import { keyText } from './watch.ts'

const minute = 60_000
/** Orphans are checked without a limit. A world in which only orphans are left ends after this many checks. */
const looksAtOrphans = 3

type SweeperOptions = {
  scheduler: Scheduler
  environments: Environments
  /** A schedule fires at least once, so it sometimes fires twice. */
  twice: () => boolean
  /** How long after its due date an item may be processed. */
  lateBy: () => number
}

type Due = { dueAt: number; isOrphan: boolean; until: number }

/**
 * The schedule of `sweep-due`: each full minute while anything is due. Minutes without due items are skipped, because
 * a sweep without due items does nothing.
 */
export class Sweeper {
  readonly #options: SweeperOptions
  #due = new Map<string, Due>()
  #plannedFor: number | undefined
  #idleLooks = 0

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  changed({ keys, newImage }: Change): void {
    const key = keyText(keys)
    const isOrphan = newImage?.['entity'] === 'orphan'
    if (!isOrphan) this.#idleLooks = 0
    const bucket = newImage?.['dueBucket']
    const dueAt = newImage?.['dueAt']
    this.#inTime(key, dueAt)
    if (typeof bucket !== 'string' || typeof dueAt !== 'number' || bucket === 'DECISION') {
      this.#due.delete(key)
      return
    }
    const expiresAt = newImage?.['expiresAt']
    this.#due.set(key, { dueAt, isOrphan, until: typeof expiresAt === 'number' ? expiresAt * 1000 : Infinity })
    this.#plan(dueAt)
  }

  mark(): () => void {
    const due = [...this.#due]
    const plannedFor = this.#plannedFor
    const idleLooks = this.#idleLooks
    return () => {
      this.#due = new Map(due)
      this.#plannedFor = plannedFor
      this.#idleLooks = idleLooks
    }
  }

  /** No due item waits long because of another one. */
  #inTime(key: string, dueAt: unknown): void {
    const was = this.#due.get(key)
    if (was === undefined || was.isOrphan || was.dueAt === dueAt) return
    const late = this.#options.scheduler.now - was.dueAt
    if (late > this.#options.lateBy())
      throw new Violation('I13 in time', `${key} was due for ${Math.round(late / 1000)} s before a sweep processed it`)
  }

  /** Items that a sweep can still process. */
  get #open(): Due[] {
    const { now } = this.#options.scheduler
    return [...this.#due.values()].filter(({ until }) => until > now)
  }

  #plan(dueAt: number): void {
    const { scheduler } = this.#options
    const at = Math.ceil(Math.max(dueAt, scheduler.now + 1) / minute) * minute
    if (this.#plannedFor !== undefined && this.#plannedFor <= at) return
    this.#plannedFor = at
    scheduler.at(at, () => {
      if (this.#plannedFor !== at) return
      this.#plannedFor = undefined
      this.#sweep()
    })
  }

  #sweep(): void {
    const open = this.#open
    if (open.length === 0) return
    if (!open.some(({ dueAt }) => dueAt <= this.#options.scheduler.now)) return this.#planNext()
    const onlyOrphans = open.every(({ isOrphan }) => isOrphan)
    if (onlyOrphans) this.#idleLooks += 1
    if (this.#idleLooks > looksAtOrphans) return
    if (this.#options.twice()) this.#invoke()
    this.#invoke()
    // The next sweep begins in a minute, whether this one has ended or not.
    this.#planNext()
  }

  #planNext(): void {
    const next = Math.min(...this.#open.map(({ dueAt }) => dueAt))
    if (next !== Infinity) this.#plan(next)
  }

  #invoke(): void {
    const { scheduler, environments } = this.#options
    scheduler.invoke(
      'sweep-due',
      (invocation) => environments.call('sweep', invocation, {} as never),
      () => this.#planNext(),
    )
  }
}
