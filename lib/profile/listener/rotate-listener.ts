import * as z from 'zod/mini'
import { audited, type AuditTrail } from '../audit/audit-trail.ts'
import type { CallbackCredentials } from '../request/callback.ts'
import type { Clock, Log } from '../ports.ts'

/**
 * The secret with the credentials that ThingSpace sends back in callbacks: the current password and, after a rotation,
 * the previous one.
 */
export const ListenerSecret = z.object({
  // ThingSpace accepts at most 40 characters.
  username: z.string().check(z.minLength(1), z.maxLength(40)),
  current: z.string().check(z.minLength(1), z.maxLength(40)),
  previous: z.optional(z.string()),
  rotatedAt: z.optional(z.int()),
})
export type ListenerSecret = z.infer<typeof ListenerSecret>

/** The credentials to register now, and other credentials that a registration may still have. */
export type ListenerCredentials = { credentials: CallbackCredentials; previous?: CallbackCredentials }

export type RotationDependencies = {
  readSecret: () => Promise<ListenerSecret>
  saveSecret: (secret: ListenerSecret) => Promise<void>
  /** Days between rotations; 0 disables them. */
  everyDays: number
  newPassword: () => string
  audit: AuditTrail
  clock: Clock
  log: Log
}

/**
 * How long a new password waits before it is registered. Containers keep a secret in memory for a shorter time than this,
 * even with clock skew. Runs can follow each other at once, for instance after a deployment.
 */
const learnedMilliseconds = 15 * 60_000

/**
 * Rotates the listener's password if it is due, and returns the credentials to register now.
 *
 * A rotation takes two runs. The first stores the new password beside the old one. A later run registers the new one, when
 * every container that checks callbacks has read it. The old password stays valid until the next rotation, because
 * ThingSpace has been seen to send it for another 15 minutes.
 */
export async function rotateListener({
  readSecret,
  saveSecret,
  everyDays,
  newPassword,
  audit,
  clock,
  log,
}: RotationDependencies): Promise<ListenerCredentials> {
  const { username, current, previous, rotatedAt } = await readSecret()
  const now = clock()
  const dueAt = (rotatedAt ?? 0) + everyDays * 24 * 3_600_000
  if (everyDays > 0 && now >= dueAt) {
    await audited(
      audit,
      { act: 'listener.rotate-password', actor: 'gateway', subject: 'listener secret' },
      {
        effect: () => saveSecret({ username, current: newPassword(), previous: current, rotatedAt: now }),
        outcomeOf: () => ({ result: 'done' }),
      },
    )
    log.info('listener password rotated', { registeredAt: 'a later run' })
  } else if (previous !== undefined && rotatedAt !== undefined && now < rotatedAt + learnedMilliseconds) {
    return { credentials: { username, password: previous }, previous: { username, password: current } }
  }
  return {
    credentials: { username, password: current },
    ...(previous === undefined ? {} : { previous: { username, password: previous } }),
  }
}
