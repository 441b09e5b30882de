import { actions } from '../order/actions.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'
import { effectOfCancel, mayBeRetried } from './allowed-decisions.ts'

/** A decision that an operator may take about a request. `effect` is a clause for users that describes the result. */
export type DecisionOption = { what: 'retry' | 'cancel' | 'abandon'; submissions: number; effect: string }

/** Lists the decisions that would change something about these submissions of a request. */
export function optionsOf(request: ProfileRequest, submissions: readonly Submission[]): DecisionOption[] {
  const options: DecisionOption[] = []
  const unconfirmed = submissions.filter(({ state }) => state === 'unconfirmed').length
  const retryable = submissions.filter(mayBeRetried).length
  const stoppable = submissions.filter(({ state }) => effectOfCancel(state, false) === 'cancel').length
  if (retryable > 0 && request.cancelledAt === undefined) {
    options.push({
      what: 'retry',
      submissions: retryable,
      effect: `sends it again${riskOfRetry(request, unconfirmed)}`,
    })
  }
  if (stoppable > 0) {
    const effect = 'stops submissions that ThingSpace has not accepted; this cannot be undone'
    options.push({ what: 'cancel', submissions: stoppable, effect })
  }
  if (unconfirmed > 0) {
    const effect = 'gives it up: its devices expire; a later callback still counts, and you can still retry it'
    options.push({ what: 'abandon', submissions: unconfirmed, effect })
  }
  return options
}

function riskOfRetry({ action }: ProfileRequest, unconfirmed: number): string {
  if (unconfirmed === 0) return ''
  return actions[action].repeatable
    ? `; running ${action} twice is harmless`
    : `; if ThingSpace has already run it, ${action} runs twice, so check the device there first`
}
