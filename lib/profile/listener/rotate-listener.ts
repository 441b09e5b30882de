import * as z from 'zod/mini'
import type { CallbackCredentials } from '../request/callback.ts'
import type { Clock, Log } from '../ports.ts'

/** What ThingSpace echoes in callbacks: the current password and, since the last rotation, the one before. */
export const ListenerSecret = z.object({
  // ThingSpace takes 40 characters at most.
  username: z.string().check(z.minLength(1), z.maxLength(40)),
  current: z.string().check(z.minLength(1), z.maxLength(40)),
  previous: z.optional(z.string()),
  rotatedAt: z.optional(z.int()),
})
export type ListenerSecret = z.infer<typeof ListenerSecret>

/** What is to be registered now, and what may be registered beside it. */
export type ListenerCredentials = { credentials: CallbackCredentials; previous?: CallbackCredentials }

export type RotationDependencies = {
  readSecret: () => Promise<ListenerSecret>
  saveSecret: (secret: ListenerSecret) => Promise<void>
  /** 0: never. */
  everyDays: number
  newPassword: () => string
  clock: Clock
  log: Log
}

/**
 * How long a new password is not registered yet: longer than a container remembers the old one, clocks that differ
 * included. Runs may follow each other at once (a schedule that fires twice, a deployment beside it).
 */
const learnedMilliseconds = 15 * 60_000

/**
 * Changes the listener's password when it is time, and says with which one callbacks are to be registered now.
 *
 * A rotation takes two runs: one only writes the new password beside the old, and one that comes when every container
 * that judges callbacks has had the time to learn it registers it. The old one stays valid until the rotation after:
 * ThingSpace was seen to go on sending it for a quarter of an hour.
 */
export async function rotateListener({
  readSecret,
  saveSecret,
  everyDays,
  newPassword,
  clock,
  log,
}: RotationDependencies): Promise<ListenerCredentials> {
  const { username, current, previous, rotatedAt } = await readSecret()
  const now = clock()
  const dueAt = (rotatedAt ?? 0) + everyDays * 24 * 3_600_000
  if (everyDays > 0 && now >= dueAt) {
    await saveSecret({ username, current: newPassword(), previous: current, rotatedAt: now })
    log.info('listener password rotated', { registeredAt: 'a later run' })
  } else if (previous !== undefined && rotatedAt !== undefined && now < rotatedAt + learnedMilliseconds) {
    return { credentials: { username, password: previous }, previous: { username, password: current } }
  }
  return {
    credentials: { username, password: current },
    ...(previous === undefined ? {} : { previous: { username, password: previous } }),
  }
}
