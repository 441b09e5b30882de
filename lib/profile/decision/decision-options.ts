import { actions } from '../order/actions.ts'
import { effectOfCancel, mayBeRetried } from './manage-request.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'

/** What a person may decide about a request as it stands, and what that would do. */
export type DecisionOption = { what: 'retry' | 'cancel' | 'abandon'; submissions: number; effect: string }

export function optionsOf(request: ProfileRequest, submissions: readonly Submission[]): DecisionOption[] {
  const options: DecisionOption[] = []
  const unconfirmed = submissions.filter(({ state }) => state === 'unconfirmed').length
  const retryable = submissions.filter(({ state }) => mayBeRetried(state)).length
  const stoppable = submissions.filter(({ state }) => effectOfCancel(state, false) === 'cancel').length
  if (retryable > 0 && request.cancelledAt === undefined) {
    options.push({
      what: 'retry',
      submissions: retryable,
      effect: `sends it again${riskOfRetry(request, unconfirmed)}`,
    })
  }
  if (stoppable > 0) {
    options.push({ what: 'cancel', submissions: stoppable, effect: 'stops what ThingSpace does not have; final' })
  }
  if (unconfirmed > 0) {
    const effect =
      'gives it up: devices become expired; a callback that comes after all still counts, and it may still be retried'
    options.push({ what: 'abandon', submissions: unconfirmed, effect })
  }
  return options
}

function riskOfRetry({ action }: ProfileRequest, unconfirmed: number): string {
  if (unconfirmed === 0) return ''
  return actions[action].repeatable
    ? `; ${action} does no harm twice`
    : `; if ThingSpace had it after all, ${action} runs twice: look at the device there first`
}
