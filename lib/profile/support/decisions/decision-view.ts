import { actions } from '../../order/actions.ts'
import { nextStepOf } from '../../status/next-step.ts'
import type { Answer, AnswerPreview } from './preview-answers.ts'
import type { OpenDecision } from './list-decisions.ts'

const iso = (instant: number): string => new Date(instant).toISOString()

const devicesShown = 3

/** An open decision as the API and the command line show it. */
export function viewDecision({ request, submission, devices, fits, answers }: OpenDecision) {
  const { requestId, accountName, action } = request
  const { repeatable } = actions[action]
  return {
    requestId,
    submission: submission.submission,
    accountName,
    action,
    deviceCount: submission.deviceCount,
    /** The first three devices. */
    devices: devices.slice(0, devicesShown).map((deviceIds) => ({ deviceIds })),
    attempts: submission.attempt,
    since: iso(submission.updatedAt),
    abandonedAt: submission.dueAt === undefined ? null : iso(submission.dueAt),
    why: nextStepOf(submission, request)?.why ?? '',
    risk: { repeatable, text: riskOf({ request, submission, devices, fits, answers }) },
    fits: fits.callbacks.map(({ orphan, results, isAdoptable, candidates }) => ({
      upstreamRequestId: orphan.upstreamRequestId,
      receivedAt: iso(orphan.firstReceivedAt),
      results,
      adoptable: isAdoptable,
      candidates,
    })),
    fitsComplete: fits.isComplete,
    answers: answers.map((preview) => ({ ...preview, call: callOf(preview, requestId, submission.submission) })),
  }
}
export type DecisionView = ReturnType<typeof viewDecision>

/** The risk of a repeat, in words. */
function riskOf({ request: { action }, fits }: OpenDecision): string {
  if (actions[action].repeatable) return `Running ${action} twice is harmless.`
  const adoptable = fits.callbacks.find(({ isAdoptable }) => isAdoptable)
  if (adoptable !== undefined) {
    return `ThingSpace sent a callback about it under the id ${adoptable.orphan.upstreamRequestId}, which will be adopted. A repeat would run ${action} twice.`
  }
  if (fits.callbacks.length > 0) {
    return `ThingSpace sent callbacks about its devices that may be about it or about another submission, so ${action} may have run. Check the devices at ThingSpace before you repeat it.`
  }
  return `If ThingSpace has already run it, ${action} runs twice. Check the devices at ThingSpace before you repeat it.`
}

const bodies: Readonly<Record<Answer, (submission: number) => Record<string, unknown>>> = {
  retry: (submission) => ({ submissions: [submission] }),
  'retry-despite-callbacks': (submission) => ({ submissions: [submission], despiteCallbacks: true }),
  abandon: () => ({ abandonUnconfirmed: true }),
}

/** The call that carries out an answer. */
const callOf = ({ answer }: AnswerPreview, requestId: string, submission: number) => ({
  method: 'POST' as const,
  path: `/v1/requests/${requestId}/${answer === 'abandon' ? 'cancel' : 'retry'}`,
  body: bodies[answer](submission),
})
