import { inParallel } from '../../parallel.ts'
import type { Clock } from '../ports.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Candidate } from './candidate.ts'

/**
 * Marks the submissions of the chosen devices with the id of the request that orders them again. Each mark is written on
 * the revision that was read. Returns false if one of the submissions has changed since.
 */
export async function markSubmissions(
  chosen: readonly Candidate[],
  requestId: string,
  { store, clock }: { store: Pick<SubmissionStore, 'saveSubmission'>; clock: Clock },
): Promise<boolean> {
  let isMarked = true
  const bySubmission = Map.groupBy(chosen, ({ submission }) => submission)
  await inParallel([...bySubmission], async ([submission, own]) => {
    if (submission === undefined) return
    const { reordered = [], revision } = submission
    const before = reordered.filter((each) => each.requestId === requestId).flatMap(({ positions }) => positions)
    const positions = [...new Set([...before, ...own.map(({ view }) => view.position)])].toSorted((a, b) => a - b)
    const marks = [...reordered.filter((each) => each.requestId !== requestId), { requestId, at: clock(), positions }]
    const next = { ...submission, revision: revision + 1, reordered: marks }
    if ((await store.saveSubmission(next, submission)).kind === 'changed') isMarked = false
  })
  return isMarked
}
