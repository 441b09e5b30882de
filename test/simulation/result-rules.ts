import type { Result } from '../../lib/profile/request/result.ts'
import { Violation } from './violation.ts'

/** The rank of each verdict, repeated here independently of the code. */
export const rank = { warning: 1, expired: 2, succeeded: 3, failed: 3 } as const

/** I4 and I5: a result keeps its evidence and never goes back. */
export function resultChanged(before: Result | undefined, after: Result & { digests: Set<string> }): void {
  if (before === undefined) return
  const name = `result of ${after.upstreamRequestId}`
  if (rank[after.verdict] < rank[before.verdict]) {
    throw new Violation('I5 monotone', `${name} went from ${before.verdict} to ${after.verdict}`)
  }
  if (rank[before.verdict] === 3 && before.verdict !== after.verdict)
    throw new Violation('I5 monotone', `${name} left ${before.verdict}`)
  if (before.conflict === true && after.conflict !== true)
    throw new Violation('I5 monotone', `${name} lost its conflict`)
  const digests = (before as Result & { digests: Set<string> }).digests
  for (const digest of digests)
    if (!after.digests.has(digest)) throw new Violation('I4 no lost callback', `${name} lost evidence`)
}
