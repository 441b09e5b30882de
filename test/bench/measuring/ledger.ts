import type { Operation } from '../../fakes/dynamodb/fake.ts'
import type { World } from '../../fakes/world.ts'

/** The cost of one step of a request's life, in calls and table units. */
export type Charges = { calls: number; writeUnits: number; readUnits: number; linkUnits: number }

export type Ledger<Step extends string> = {
  /** Charges everything from now on to a step. */
  at: (step: Step) => void
  observe: (operation: Operation) => void
  of: (...steps: readonly Step[]) => Charges
}

/** Charges the units of each operation to the current step. */
export function createLedger<Step extends string>(first: Step, meter: () => ReturnType<World['meter']>): Ledger<Step> {
  const charges = new Map<Step, Charges>()
  let step = first
  const seen = { writeUnits: 0, readUnits: 0 }
  return {
    at(next) {
      step = next
    },
    observe({ input }) {
      const { writeUnits, readUnits } = meter()
      const entry = charges.get(step) ?? { calls: 0, writeUnits: 0, readUnits: 0, linkUnits: 0 }
      const written = writeUnits - seen.writeUnits
      charges.set(step, {
        calls: entry.calls + 1,
        writeUnits: entry.writeUnits + written,
        readUnits: entry.readUnits + readUnits - seen.readUnits,
        linkUnits: entry.linkUnits + (isOfLinks(input) ? written : 0),
      })
      Object.assign(seen, { writeUnits, readUnits })
    },
    of: (...steps) =>
      (steps.length === 0 ? [...charges.keys()] : steps).reduce<Charges>(
        (sum, each) => {
          const { calls = 0, writeUnits = 0, readUnits = 0, linkUnits = 0 } = charges.get(each) ?? {}
          return {
            calls: sum.calls + calls,
            writeUnits: sum.writeUnits + writeUnits,
            readUnits: sum.readUnits + readUnits,
            linkUnits: sum.linkUnits + linkUnits,
          }
        },
        { calls: 0, writeUnits: 0, readUnits: 0, linkUnits: 0 },
      ),
  }
}

/** Whether an operation writes device links. They are written in batches that contain nothing else. */
function isOfLinks({ RequestItems = {} }: { RequestItems?: Record<string, object> }): boolean {
  const [batch] = Object.values(RequestItems) as { PutRequest?: { Item: { pk?: string } } }[][]
  return batch?.[0]?.PutRequest?.Item.pk?.startsWith('DEV#') === true
}
