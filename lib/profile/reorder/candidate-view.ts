import type { Candidate, LeftReason } from './candidate.ts'

/** Most positions that an answer names for one reason. */
const positionsShown = 100

const reasons: readonly LeftReason[] = ['not-failed', 'may-still-succeed', 'ordered-again']

/** What a reorder sends, and what it leaves and why. */
export function viewCandidates(candidates: readonly Candidate[]) {
  const chosen = candidates.filter(({ why }) => why === undefined)
  return {
    deviceCount: chosen.length,
    devices: chosen.map(({ view: { position, deviceIds, status } }) => ({ position, deviceIds, status })),
    left: reasons.flatMap((reason) => {
      const positions = candidates.filter(({ why }) => why === reason).map(({ view }) => view.position)
      if (positions.length === 0) return []
      return [{ reason, devices: positions.length, positions: positions.slice(0, positionsShown) }]
    }),
  }
}
export type CandidatesView = ReturnType<typeof viewCandidates>
