import { type Database, tableOf } from './database.ts'
import { singleConflict, transactionConflict } from './errors.ts'
import type { TransactWriteRequest } from './transaction.ts'
import type { Item } from './values.ts'
import type { WriteRequest } from './write.ts'

/** The items of running transactions. */
export class Holds {
  private readonly held = new Set<string>()
  private readonly database: Database

  constructor(database: Database) {
    this.database = database
  }

  /** Refuses a write that conflicts with a running transaction. A transaction holds its items for a time. */
  async during<Done>(
    { command, input }: { command: string; input: object },
    time: () => Promise<void>,
    perform: () => Done,
  ): Promise<Done> {
    if (command !== 'TransactWriteCommand') {
      if (/^(Put|Update|Delete)Command$/.test(command) && this.held.has(this.nameOf(input))) throw singleConflict()
      return perform()
    }
    const actions = (input as TransactWriteRequest).TransactItems ?? []
    const names = actions.flatMap((action) => Object.values(action)).map((write) => this.nameOf(write ?? {}))
    const met = names.findIndex((name) => this.held.has(name))
    if (met >= 0) throw transactionConflict(names.length, met)
    for (const name of names) this.held.add(name)
    try {
      await time()
      return perform()
    } finally {
      for (const name of names) this.held.delete(name)
    }
  }

  private nameOf({ TableName, Item, Key }: WriteRequest): string {
    const table = tableOf(this.database, TableName)
    return `${TableName}/${table.keyString(table.keyOf((Item ?? Key ?? {}) as Item))}`
  }
}
