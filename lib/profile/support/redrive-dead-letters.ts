import type { AuditTrail } from '../audit/audit-trail.ts'

/** A message in a dead-letter queue. `sentAt` is in epoch milliseconds. */
export type DeadLetter = {
  id: string
  receipt: string
  body: string
  attributes: Readonly<Record<string, string>>
  sentAt: number
  /** The message group, by which SQS keeps the accounts apart. */
  group?: string | undefined
}

export type DeadLetterQueue = {
  count(): Promise<number>
  /** Receives up to ten messages and hides them from other consumers. Empty if no message is visible. */
  receive(hiddenSeconds: number): Promise<DeadLetter[]>
  /** Makes a hidden message visible again at once. */
  release(letter: DeadLetter): Promise<void>
  /** Sends a message to its source queue. */
  sendOn(letter: DeadLetter): Promise<void>
  remove(letter: DeadLetter): Promise<void>
}

/** Returns the kind of a message, for counting. Undefined if it would fail again; such a message stays. */
export type Classify = (letter: DeadLetter) => string | undefined

/** Number of messages of one kind, and when the oldest and newest were sent, in epoch milliseconds. */
type DeadLetterCounts = { kind: string; count: number; oldest: number; newest: number }
export type DeadLetterPreview = { total: number; lookedAt: number; kinds: DeadLetterCounts[] }

export const unreadable = 'unreadable'

/** Counts up to `atMost` messages by kind, and releases them. Ends early if the queue returns nothing new. */
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

/** Number of messages that were sent to their source queue, and of those that were left. */
export type RedriveProgress = { sentOn: number; left: number }

/**
 * Sends dead letters back to their source queue, one after the other. Each is sent first and then deleted, so a stop in
 * between leaves a duplicate. Duplicates do no harm: work messages are fenced and callbacks are deduplicated. A message
 * that returns during the run is not sent again, and the run ends after `atMost` messages.
 */
export async function* redriveDeadLetters(
  queue: DeadLetterQueue,
  classify: Classify,
  { atMost, pause, ...act }: RedriveAct & { atMost: number; pause: () => Promise<void> },
): AsyncGenerator<RedriveProgress> {
  const progress = { sentOn: 0, left: 0 }
  const end = await beginRedrive(act)
  const held = new Map<string, DeadLetter>()
  const seen = new Set<string>()
  let failure: string | undefined
  try {
    while (progress.sentOn + progress.left < atMost) {
      const letters = (await queue.receive(120)).filter(({ id }) => !seen.has(id))
      if (letters.length === 0) break
      for (const letter of letters) held.set(letter.id, letter)
      for (const letter of letters.slice(0, atMost - progress.sentOn - progress.left)) {
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
  } catch (error) {
    failure = error instanceof Error ? error.name : 'unknown'
    throw error
  } finally {
    // Release messages that were not sent, also if the run is stopped, so that the next run sees them at once.
    for (const letter of held.values()) await queue.release(letter)
    await end({
      result: failure === undefined ? (progress.sentOn > 0 ? 'done' : 'nothing-done') : 'failed',
      detail: { ...progress, ...(failure === undefined ? {} : { error: failure }) },
    })
  }
}

/** Who redrives which queue, for the audit. */
export type RedriveAct = { name: string; by: string; audit: AuditTrail }

/** Records that a redrive begins. Returns the function that records its end. */
export const beginRedrive = ({ name, by, audit }: RedriveAct): ReturnType<AuditTrail['begin']> =>
  audit.begin({ act: 'dead-letters.redrive', actor: by, subject: name })
