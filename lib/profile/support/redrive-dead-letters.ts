/** A message in a dead-letter queue, with what is needed to send it on and to delete it. */
export type DeadLetter = {
  id: string
  receipt: string
  body: string
  attributes: Readonly<Record<string, string>>
  sentAt: number
}

export type DeadLetterQueue = {
  count(): Promise<number>
  /** Up to ten messages, hidden from others for so long; none when the queue is empty (or hides the rest). */
  receive(hiddenSeconds: number): Promise<DeadLetter[]>
  /** Lets others see a message again at once. */
  release(letter: DeadLetter): Promise<void>
  /** Sends a message to the queue it once came from. */
  sendOn(letter: DeadLetter): Promise<void>
  remove(letter: DeadLetter): Promise<void>
}

/** What a message is, in a word for counting; `undefined`: it would only come back, so it stays. */
export type Classify = (letter: DeadLetter) => string | undefined

export type DeadLetterCounts = { kind: string; count: number; oldest: number; newest: number }
export type DeadLetterPreview = { total: number; lookedAt: number; kinds: DeadLetterCounts[] }

export const unreadable = 'unreadable'

/** Looks at some messages, and lets them go again. */
export async function previewDeadLetters(
  queue: DeadLetterQueue,
  classify: Classify,
  { atMost }: { atMost: number },
): Promise<DeadLetterPreview> {
  const total = await queue.count()
  const seen = new Map<string, DeadLetter>()
  for (let empty = 0; seen.size < Math.min(total, atMost) && empty < 3;) {
    const letters = await queue.receive(30)
    const fresh = letters.filter(({ id }) => !seen.has(id))
    if (fresh.length === 0) empty += 1
    for (const letter of fresh) seen.set(letter.id, letter)
  }
  const kinds = new Map<string, DeadLetterCounts>()
  for (const letter of seen.values()) {
    const kind = classify(letter) ?? unreadable
    const { count, oldest, newest } = kinds.get(kind) ?? { count: 0, oldest: letter.sentAt, newest: letter.sentAt }
    kinds.set(kind, {
      kind,
      count: count + 1,
      oldest: Math.min(oldest, letter.sentAt),
      newest: Math.max(newest, letter.sentAt),
    })
    await queue.release(letter)
  }
  return { total, lookedAt: seen.size, kinds: [...kinds.values()] }
}

export type RedriveProgress = { sentOn: number; left: number }

/**
 * Sends dead letters on, one after the other: first sent, then deleted, so a stop in between leaves a duplicate, and
 * duplicates do no harm (pointers are fenced, callbacks known by their content). Messages that come back while it runs
 * are not sent a second time: it ends after as many as there were.
 */
export async function* redriveDeadLetters(
  queue: DeadLetterQueue,
  classify: Classify,
  { atMost, pause }: { atMost: number; pause: () => Promise<void> },
): AsyncGenerator<RedriveProgress> {
  const progress = { sentOn: 0, left: 0 }
  const held = new Map<string, DeadLetter>()
  const seen = new Set<string>()
  try {
    while (progress.sentOn + progress.left < atMost) {
      const letters = (await queue.receive(120)).filter(({ id }) => !seen.has(id))
      if (letters.length === 0) return
      for (const letter of letters) held.set(letter.id, letter)
      for (const letter of letters) {
        seen.add(letter.id)
        if (classify(letter) === undefined) progress.left += 1
        else {
          await queue.sendOn(letter)
          await queue.remove(letter)
          held.delete(letter.id)
          progress.sentOn += 1
          await pause()
        }
        yield { ...progress }
      }
    }
  } finally {
    // What was not sent on is there for the next try at once, also when this one is stopped.
    for (const letter of held.values()) await queue.release(letter)
  }
}
