import { transactionConflict } from '../fakes/dynamodb/errors.ts'
import type { Seeded } from './random.ts'
import type { Invocation } from './scheduler.ts'

type Action = { Item?: Record<string, unknown>; Key?: Record<string, unknown> }
export type TransactItems = readonly Record<string, Action>[]
type Transaction = { invocation: Invocation; items: ReadonlySet<string>; isOvertaken: boolean }

/** Transactions that are under way at one moment with one item: one of them is written, the others are cancelled. */
export class TransactionConflicts {
  readonly #chance: number
  readonly #random: Seeded
  #underWay: Transaction[] = []

  constructor(chance: number, random: Seeded) {
    this.#chance = chance
    this.#random = random
  }

  /** A transaction begins; call what this gives when it is to be written. */
  begin(invocation: Invocation, actions: TransactItems): () => void {
    const own: Transaction = { invocation, items: keysOf(actions), isOvertaken: false }
    this.#underWay.push(own)
    return () => {
      this.#underWay = this.#underWay.filter((other) => other !== own && other.invocation.alive)
      if (own.isOvertaken) throw transactionConflict(actions.length)
      for (const other of this.#underWay) {
        const isShared = [...own.items].some((key) => other.items.has(key))
        if (isShared && this.#random.chance(this.#chance)) other.isOvertaken = true
      }
    }
  }
}

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
