import * as z from 'zod/mini'
import { effectOfCancel, mayBeRetried } from '../../decision/allowed-decisions.ts'
import { planCancel } from '../../decision/decide-in-bulk.ts'
import { actions } from '../../order/actions.ts'
import type { ProfileRequest } from '../../request/request.ts'
import type { Submission } from '../../request/submission.ts'
import type { Fits } from './fitting-callbacks.ts'

/** The answers to an open decision. The words are part of the API. */
export const Answer = z.enum(['retry', 'retry-despite-callbacks', 'abandon'])
export type Answer = z.infer<typeof Answer>

/** What an answer would do now. `text` is a sentence for users. */
export type AnswerPreview = {
  answer: Answer
  /** `held-back`: nothing would be sent, because callbacks that may be about the submission arrived. */
  effect: 'send' | 'adopt' | 'held-back' | 'abandon'
  submissions: number
  devices: number
  text: string
}

/**
 * Previews the answers to an unconfirmed submission: `/retry` and `/retry` with `despiteCallbacks` for this submission,
 * and `/cancel` with `abandonUnconfirmed`, which is about the whole request.
 */
export function previewAnswers(
  { request, submission }: { request: ProfileRequest; submission: Submission },
  { all, fits }: { all: readonly Submission[]; fits: Fits },
): AnswerPreview[] {
  const retries =
    request.cancelledAt === undefined && mayBeRetried(submission) ? previewRetries(request, submission, fits) : []
  return [...retries, ...previewAbandon(request, all)]
}

function previewRetries(request: ProfileRequest, { deviceCount }: Submission, fits: Fits): AnswerPreview[] {
  const one = { submissions: 1, devices: deviceCount }
  const repeat = actions[request.action].repeatable
    ? `Running ${request.action} twice is harmless.`
    : `If ThingSpace has already run it, ${request.action} runs twice.`
  if (fits.callbacks.some(({ isAdoptable }) => isAdoptable)) {
    const text = 'Nothing is sent. The submission adopts its callbacks, which show that ThingSpace accepted it.'
    return [{ answer: 'retry', effect: 'adopt', ...one, text }]
  }
  if (fits.callbacks.length > 0) {
    return [
      {
        answer: 'retry',
        effect: 'held-back',
        submissions: 0,
        devices: 0,
        text: 'Nothing is sent, because callbacks that may be about the submission have arrived.',
      },
      { answer: 'retry-despite-callbacks', effect: 'send', ...one, text: `Sends it again at once. ${repeat}` },
    ]
  }
  const unless = fits.isComplete
    ? ''
    : ' It is not sent if a callback may be about it: not all of its devices were checked for this preview.'
  return [{ answer: 'retry', effect: 'send', ...one, text: `Sends it again at once. ${repeat}${unless}` }]
}

function previewAbandon(request: ProfileRequest, all: readonly Submission[]): AnswerPreview[] {
  const { submissions, uncreatedDevices } = planCancel(request, all, true)
  const devicesOf = (effect: 'cancel' | 'abandon') =>
    submissions
      .filter(({ state }) => effectOfCancel(state, true) === effect)
      .reduce((sum, { deviceCount }) => sum + deviceCount, 0)
  const [given, stopped] = [devicesOf('abandon'), devicesOf('cancel') + uncreatedDevices]
  if (given === 0) return []
  const others = stopped === 0 ? '' : ` It also cancels ${stopped} devices of the request that were not sent yet.`
  return [
    {
      answer: 'abandon',
      effect: 'abandon',
      submissions: submissions.length,
      devices: given + stopped,
      text: `Gives up ${given} devices of the request, which expire. A late callback still counts, and /retry stays possible.${others}`,
    },
  ]
}
