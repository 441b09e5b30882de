import { transactionConflict } from '../fakes/dynamodb/errors.ts'
import type { Seeded } from './random.ts'
import type { Invocation } from './scheduler.ts'

type Action = { Item?: Record<string, unknown>; Key?: Record<string, unknown> }
export type TransactItems = readonly Record<string, Action>[]
type Transaction = { invocation: Invocation; items: ReadonlySet<string>; isOvertaken: boolean }
type Lock = { invocation: Invocation; items: ReadonlySet<string>; until: number }

/** How long DynamoDB still works on a transaction after writing it, in milliseconds. */
const completing = 40

/**
 * Concurrent transactions with a common item: one of them is written, and the others are cancelled. A transaction
 * that arrives while DynamoDB completes another one with its item is cancelled too.
 */
export class TransactionConflicts {
  readonly #chance: number
  readonly #random: Seeded
  readonly #now: () => number
  #underWay: Transaction[] = []
  #locks: Lock[] = []

  constructor(chance: number, random: Seeded, now: () => number) {
    this.#chance = chance
    this.#random = random
    this.#now = now
  }

  mark(): () => void {
    const locks = [...this.#locks]
    return () => {
      this.#underWay = []
      this.#locks = [...locks]
    }
  }

  /** Called when a transaction begins. Call the returned function when it is to be written. */
  begin(invocation: Invocation, actions: TransactItems): () => void {
    const own: Transaction = { invocation, items: keysOf(actions), isOvertaken: false }
    this.#underWay.push(own)
    return () => {
      this.#underWay = this.#underWay.filter((other) => other !== own && other.invocation.alive)
      this.#locks = this.#locks.filter(({ until }) => until > this.#now())
      const isLocked = this.#locks.some((lock) => lock.invocation !== invocation && isShared(lock, own))
      if (own.isOvertaken || (isLocked && this.#random.chance(this.#chance))) throw transactionConflict(actions.length)
      for (const other of this.#underWay)
        if (isShared(own, other) && this.#random.chance(this.#chance)) other.isOvertaken = true
      this.#locks.push({ invocation, items: own.items, until: this.#now() + completing })
    }
  }
}

type Items = Pick<Transaction, 'items'>
const isShared = (one: Items, other: Items): boolean => [...one.items].some((key) => other.items.has(key))

function keysOf(actions: TransactItems): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const action of actions) {
    for (const { Item: item, Key: key } of Object.values(action)) {
      const { pk, sk } = item ?? key ?? {}
      keys.add(`${String(pk)} ${String(sk)}`)
    }
  }
  return keys
}
