import { DeadLetterKind } from '../../lib/profile/support/dead-letter-kinds.ts'
import { attempt, fail, type Finding, ok, warn } from './finding.ts'
import type { Check } from './sources.ts'

/** Messages that wait without being taken: more than a full fleet of workers empties within a minute. */
const manyWaiting = 1000

/** Dead letters, and messages that pile up. */
export const checkQueues: Check = async ({ countDeadLetters, countQueue }, command) => {
  const found: Finding[] = []
  for (const kind of DeadLetterKind.options) {
    const name = `dead letters ${kind}`
    found.push(
      ...(await attempt(name, async () => {
        const count = await countDeadLetters(kind)
        return count === 0
          ? ok(name, 'there are none')
          : fail(name, `${count} messages were given up`, `find the cause, then: ${command(`redrive ${kind}`)}`)
      })),
    )
  }
  for (const queue of ['submissions', 'bulk submissions', 'callbacks'] as const) {
    const name = `queue ${queue}`
    const reader = queue === 'callbacks' ? 'record-callbacks' : 'retry-submission'
    found.push(
      ...(await attempt(name, async () => {
        const { visible, inFlight, delayed } = await countQueue(queue)
        const means = `${visible} messages wait, ${inFlight} are being handled, ${delayed} are delayed`
        return visible > manyWaiting
          ? warn(name, means, `look at the trigger, errors and throttles of ${reader}`)
          : ok(name, means)
      })),
    )
  }
  return found
}
