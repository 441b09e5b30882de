import type { DynamoDBRecord } from 'aws-lambda'
import { context, sqsEvent } from '../../builders.ts'
import type { World } from '../../fakes/world.ts'
import type { TakeStep } from './rehearsal.ts'

export const kindOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.NewImage?.['entity']?.S ?? 'unknown'

/** Delivers the changes of the table to project-changes. */
export function createChanges(world: World, step: TakeStep) {
  let cursor = 0
  const changes = {
    /** The changes since the last call. */
    take(): DynamoDBRecord[] {
      const records = world.streamRecords(cursor)
      cursor = world.changeCount()
      return records
    },
    async deliver(name: string, Records: DynamoDBRecord[]): Promise<void> {
      const { batchItemFailures } = await step(name, () => world.handlers.project({ Records }, context))
      if (batchItemFailures.length > 0) throw new Error(`${name} failed`)
    },
    /** Delivers what is new, those of each kind of item in a batch of their own. */
    async project(prefix: string): Promise<void> {
      for (const [kind, records] of Map.groupBy(changes.take(), kindOf)) {
        await changes.deliver(`${prefix}: project ${kind}`, records)
      }
    },
  }
  return changes
}

/** Delivers the next work message, alone in its batch as in the deployment. Returns false if there is none. */
export async function deliverOne(world: World, step: TakeStep, name: string): Promise<boolean> {
  const batch = world.queue.receive()
  if (batch.length === 0) return false
  const event = sqsEvent(batch.map(({ body }) => body))
  await step(name, () => world.handlers.retry(event, context))
  world.queue.settle(batch, new Set())
  return true
}
