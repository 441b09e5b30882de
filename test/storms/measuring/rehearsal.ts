import type { World } from '../../fakes/world.ts'
import { rehearseBulkOrder } from './bulk-order.ts'
import type { SwitchedFlow } from './flow.ts'
import { createChanges } from './changes.ts'
import { rehearseDoubt, rehearseTrouble } from './doubt.ts'
import { rehearseSingleOrders } from './single-orders.ts'

/** Measures a step. Steps of one name must do the same. */
export type TakeStep = <Value>(name: string, work: () => Promise<Value>) => Promise<Value>

/** A rehearsal: the world, the measuring, and the changes that project-changes has not seen. */
export type Rehearsal = { world: World; step: TakeStep; flow: SwitchedFlow; changes: ReturnType<typeof createChanges> }

/** Runs every step of the gateway whose costs a storm needs, several times so that the code is warm. */
export async function rehearse(
  { world, flow }: { world: World; flow: SwitchedFlow },
  step: TakeStep,
  { bulkDevices }: { bulkDevices: number },
): Promise<void> {
  const rehearsal = { world, step, flow, changes: createChanges(world, step) }
  await rehearseSingleOrders(rehearsal)
  await rehearseBulkOrder(rehearsal, bulkDevices)
  await rehearseDoubt(rehearsal)
  await rehearseTrouble(rehearsal)
}
