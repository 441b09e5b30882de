import { type ExplainedOrphan, explainOrphans } from '../lib/profile/support/explain-orphans.ts'
import type { FittingCallback } from '../lib/profile/support/decisions/fitting-callbacks.ts'
import type { Submission } from '../lib/profile/request/submission.ts'
import type { Gateway } from './connect/gateway.ts'
import type { Wording } from './output/wording.ts'

const maximumOrphans = 500

/** The key of a submission in the map that `readMatchingOrphans` returns. */
export const submissionKey = ({ requestId, submission }: Pick<Submission, 'requestId' | 'submission'>): string =>
  `${requestId}/${submission}`

/**
 * Lists the orphans that match each unconfirmed submission, by `submissionKey`. An orphan holds callbacks under an
 * upstream request id that belongs to no submission. A submission with a matching orphan may need no decision: the sweep
 * may adopt the orphan, and a retry would run the action a second time.
 */
export async function readMatchingOrphans({
  store,
  clock,
  settings,
}: Gateway): Promise<Map<string, ExplainedOrphan[]>> {
  const matchingOrphans = new Map<string, ExplainedOrphan[]>()
  for (const orphan of await explainOrphans(maximumOrphans, { store: store(), clock, settings: settings() })) {
    for (const candidate of orphan.candidates) {
      matchingOrphans.set(submissionKey(candidate), [...(matchingOrphans.get(submissionKey(candidate)) ?? []), orphan])
    }
  }
  return matchingOrphans
}

/** Describes an orphan that matches an unconfirmed submission, and how to proceed. */
export const describeMatchingOrphan = (
  { orphan, candidates, isAdoptable }: Omit<FittingCallback, 'results'>,
  wording: Wording,
): string =>
  `ThingSpace sent a callback for one of its devices under the unknown id ${orphan.upstreamRequestId}, received ` +
  `${wording.when(orphan.firstReceivedAt)}. ` +
  (isAdoptable
    ? `The sweep adopts this id at ${wording.when(orphan.dueAt)}: wait for it`
    : candidates === 1
      ? `The callback may be about another profile of the card, so it is not adopted: see ${wording.command('orphans')}`
      : `The callback matches ${candidates} unconfirmed submissions, so it is not adopted: see ${wording.command('orphans')}`)
