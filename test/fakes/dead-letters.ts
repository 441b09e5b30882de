import type { DeadLetter, DeadLetterQueue } from '../../lib/profile/support/redrive-dead-letters.ts'

/** A dead-letter queue in memory, and what was sent to its source queue. Received messages are hidden until released. */
export function createFakeDeadLetters() {
  const deadLetters: DeadLetter[] = []
  const sentOn: DeadLetter[] = []
  const hidden = new Set<string>()
  const queue: DeadLetterQueue = {
    count: async () => deadLetters.length,
    async receive() {
      const letters = deadLetters.filter(({ id }) => !hidden.has(id)).slice(0, 10)
      for (const { id } of letters) hidden.add(id)
      return letters
    },
    release: async ({ id }) => void hidden.delete(id),
    sendOn: async (letter) => void sentOn.push(letter),
    async remove({ id }) {
      deadLetters.splice(
        deadLetters.findIndex((each) => each.id === id),
        1,
      )
    },
  }
  return { queue, deadLetters, sentOn, hidden }
}
