import { createHash } from 'node:crypto'
import type { StreamRecord } from './stream-batch.ts'

/**
 * Splits the records of a shard into `count` lanes that may run concurrently, as `ParallelizationFactor` does. Changes of
 * one item stay in one lane and in order. Changes of different items may be processed out of order.
 */
export function splitIntoLanes(records: readonly StreamRecord[], count: number): StreamRecord[][] {
  const lanes = Array.from({ length: count }, (): StreamRecord[] => [])
  for (const record of records) lanes[laneOf(record, count)]?.push(record)
  return lanes.filter((lane) => lane.length > 0)
}

const laneOf = ({ dynamodb: { Keys } }: StreamRecord, count: number): number =>
  count === 1 ? 0 : createHash('md5').update(JSON.stringify(Keys)).digest().readUInt32BE() % count
