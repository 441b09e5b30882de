import { actions } from '../../../lib/profile/order/actions.ts'
import { ActionName } from '../../../lib/profile/order/action-names.ts'
import type { Request } from '../../api/requests.ts'
import { plural } from '../../words/numbers.ts'
import { submissionWords } from '../../words/states.ts'

/** The decisions of the API about one request. */
export type Decision = 'retry' | 'cancel' | 'abandon'

/** What a decision would do, before it is done. */
export type Preview = {
  decision: Decision
  /** The submissions that change, by state, and those that stay as they are. */
  changes: readonly { state: string; count: number }[]
  stays: readonly { state: string; count: number }[]
  /** The number of submissions that change. */
  count: number
  effects: readonly string[]
  /** The count must be typed first. */
  isFinal: boolean
}

const changed: Readonly<Record<Decision, readonly string[]>> = {
  retry: ['rejected', 'exhausted', 'unconfirmed', 'waiting', 'abandoned'],
  cancel: ['queued', 'waiting'],
  abandon: ['queued', 'waiting', 'unconfirmed'],
}

/** Whether the action may run twice without harm. */
function isRepeatable(action: string): boolean {
  const name = ActionName.safeParse(action)
  return name.success && actions[name.data].repeatable
}

/** Works out what a decision would change. Undefined if it would change nothing. */
export function previewOf(decision: Decision, request: Request): Preview | undefined {
  const { byState, total } = request.submissions
  if (decision === 'retry' && request.cancelledAt !== undefined) return undefined
  const created = Object.values(byState).reduce((sum, count) => sum + count, 0)
  const states = Object.entries({ ...byState, queued: (byState['queued'] ?? 0) + Math.max(0, total - created) })
    .filter(([, count]) => count > 0)
    .map(([state, count]) => ({ state, count }))
  const changes = states.filter(({ state }) => changed[decision].includes(state))
  const stays = states.filter(({ state }) => !changed[decision].includes(state))
  const count = changes.reduce((sum, change) => sum + change.count, 0)
  if (count === 0 || (decision === 'abandon' && (byState['unconfirmed'] ?? 0) === 0)) return undefined
  const mayRunTwice = decision === 'retry' && !isRepeatable(request.action) && (byState['unconfirmed'] ?? 0) > 0
  return {
    decision,
    changes,
    stays,
    count,
    isFinal: decision !== 'retry' || mayRunTwice,
    effects: effectsOf(decision, request, mayRunTwice),
  }
}

function effectsOf(decision: Decision, request: Request, mayRunTwice: boolean): string[] {
  const unconfirmed = request.submissions.byState['unconfirmed'] ?? 0
  switch (decision) {
    case 'retry':
      return [
        'Each of these submissions is sent to ThingSpace again, whole and at once, with another 24 hours for attempts.',
        ...(mayRunTwice
          ? [
              `ThingSpace may already have run ${plural(unconfirmed, 'unconfirmed submission')}: ${request.action} may run twice for its devices. Check the devices first.`,
              'If callbacks arrived meanwhile that are about it, the gateway adopts them and sends nothing.',
            ]
          : []),
      ]
    case 'cancel':
      return [
        'These submissions are never sent. Their devices become cancelled.',
        'Submissions that ThingSpace accepted continue.',
        'A cancelled request cannot be retried.',
      ]
    case 'abandon':
      return [
        `${plural(unconfirmed, 'unconfirmed submission')} is given up. Its devices become expired; a late callback still counts.`,
        'Submissions that have not been sent are stopped too.',
        'A cancelled request cannot be retried.',
      ]
  }
}

/** The states of a list in words: `2 rejected, 1 unconfirmed`. */
export const inWords = (states: Preview['changes']): string =>
  states.map(({ state, count }) => `${count} ${submissionWords[state]?.word ?? state}`).join(', ')
