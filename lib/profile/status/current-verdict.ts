import { actions } from '../order/actions.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Result } from '../request/result.ts'
import type { Submission } from '../request/submission.ts'
import { type DeviceVerdict, type Message, type Weighing, deviceVerdict, isConclusive } from './device-results.ts'
import { deviceStatusAt, isReported } from './device-states.ts'
import type { MatchedResult } from './matching.ts'
import { weighResult } from './weigh-result.ts'

/** A verdict, and the other results of the device, each weighed by the request's action. */
export type CurrentVerdict = DeviceVerdict & { others: readonly Result[] }

/**
 * The verdict for the device at a position of a submitted submission. It combines the device's results with the status
 * that the stored summary already reported. Summaries and device views share it, so they agree.
 */
export function currentVerdict(
  evidence: readonly MatchedResult[],
  { request, position, weighing }: { request: ProfileRequest; position: number; weighing: Omit<Weighing, 'callbacks'> },
): CurrentVerdict {
  // The state of another profile on the card cannot contradict the action on this one, so it is not weighed.
  const weighed = evidence
    .flatMap(({ result, match }) => messagesOf(result).map((message) => ({ result: message, match })))
    .map((each) =>
      each.match === 'other-profile' ? each : { ...each, result: weighResult(request.action, each.result) },
    )
  const verdict = deviceVerdict(weighed, { ...weighing, callbacks: actions[request.action].callbacks })
  const others = weighed.flatMap(({ result }) => (result === verdict.decisive ? [] : [result]))
  if (!isReported(request.summary, position)) return { ...verdict, others }
  const status = deviceStatusAt(request.summary, position)
  // Subscribers may have received the reported status, so it stays even if a contrary result was received earlier.
  const contradicted = verdict.decisive !== undefined && isConclusive(verdict.decisive) && verdict.status !== status
  return { ...verdict, others, status, conflict: verdict.conflict || contradicted }
}

/**
 * Separates the messages that one stored result holds. The store ranks messages without knowing the action, so each is
 * weighed again by itself.
 */
function messagesOf({ others = [], conflict, ...result }: Result): Message[] {
  const { upstreamRequestId, accountName, identifiers, firstReceivedAt } = result
  const beside = others.map(({ digest: _digest, ...said }): Message => ({
    upstreamRequestId,
    accountName,
    identifiers,
    firstReceivedAt,
    ...said,
    isBeside: true,
  }))
  // If no kept message explains the conflict flag, the contrary message is stored elsewhere, so the flag stays.
  const isExplained = beside.some((other) => isConclusive(other) && other.verdict !== result.verdict)
  return [conflict === true && !isExplained ? { ...result, conflict } : result, ...beside]
}

/** Whether the deadline for results of a submission has passed at `now`, in epoch milliseconds. */
export const isOverdue = ({ resultsDueAt }: Submission, now: number): boolean =>
  resultsDueAt !== undefined && resultsDueAt <= now
