import * as z from 'zod'
import { readKept, writeKept } from '../kept-json.ts'

/** How far a stream has been worked through, by shard. */
export type StreamPositions = {
  of: (shardId: string) => string | undefined
  passed: (shardId: string, sequenceNumber: string) => void
}

const Positions = z.record(z.string(), z.string())

/** Keeps positions in a file, as Lambda keeps them. Without a file, a stream is read from its beginning. */
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
