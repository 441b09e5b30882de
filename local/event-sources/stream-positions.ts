import * as z from 'zod'
import { readKept, writeKept } from '../kept-json.ts'

/** The sequence number of the last processed record of each shard. */
export type StreamPositions = {
  of: (shardId: string) => string | undefined
  passed: (shardId: string, sequenceNumber: string) => void
}

const Positions = z.record(z.string(), z.string())

/** Keeps the positions of a stream in a file, so that a restart continues there. Without a file it starts over. */
export function streamPositions(file: string | undefined): StreamPositions {
  if (file === undefined) return { of: () => undefined, passed: () => undefined }
  const positions = new Map(Object.entries(readKept(file, Positions) ?? {}))
  return {
    of: (shardId) => positions.get(shardId),
    passed: (shardId, sequenceNumber) => {
      if (positions.get(shardId) === sequenceNumber) return
      positions.set(shardId, sequenceNumber)
      writeKept(file, Object.fromEntries(positions))
    },
  }
}
