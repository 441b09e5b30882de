import { type ExplainedOrphan, explainOrphans } from '../lib/profile/support/explain-orphans.ts'
import type { Submission } from '../lib/profile/request/submission.ts'
import type { Gateway } from './gateway.ts'
import type { Wording } from './output/wording.ts'

const orphansRead = 500

export const nameOf = ({ requestId, submission }: Pick<Submission, 'requestId' | 'submission'>): string =>
  `${requestId}/${submission}`

/**
 * The submissions in doubt that ThingSpace has called back about under an id nobody knows, by name. What looks as if it
 * needed a decision may only need the sweep to adopt it, and a repeat would run the action a second time.
 */
export async function readClaims({ store, clock, settings }: Gateway): Promise<Map<string, ExplainedOrphan[]>> {
  const claims = new Map<string, ExplainedOrphan[]>()
  for (const orphan of await explainOrphans(orphansRead, { store: store(), clock, settings: settings() })) {
    for (const candidate of orphan.candidates) {
      claims.set(nameOf(candidate), [...(claims.get(nameOf(candidate)) ?? []), orphan])
    }
  }
  return claims
}

export const wordsOfClaim = ({ orphan, candidates, isAdoptable }: ExplainedOrphan, wording: Wording): string =>
  `ThingSpace has called back about a device of it as ${orphan.upstreamRequestId}, an id it never told us, on ` +
  `${wording.when(orphan.firstReceivedAt)}. ` +
  (isAdoptable
    ? `It is adopted by itself at ${wording.when(orphan.dueAt)}: wait for that`
    : candidates.length === 1
      ? `It may be about another profile of the card, so nobody can tell whether it is its own: see ${wording.command('orphans')}`
      : `It fits ${candidates.length} submissions in doubt, so nobody can tell whose it is: see ${wording.command('orphans')}`)
