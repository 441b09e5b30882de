import { figures } from '../figures.ts'

/** The messages of one message group: AWS calls it a tenant. */
export type Tenant<Message> = {
  group: string | undefined
  /** Visible messages, the oldest first, from `head` on. */
  waiting: Message[]
  head: number
  inFlight: number
  /** Time that consumers spent on its messages recently, in milliseconds. Older time counts less. */
  worked: number
  lastSentAt: number
}

/** The half-life of processing time. AWS says "recent" and no more. */
const recentMilliseconds = 60_000

/** Forgets processing time as it grows old. */
export class ProcessingTime {
  #at = 0
  total = 0

  fade<Message>(tenants: Iterable<Tenant<Message>>, now: number): void {
    if (now - this.#at < 1000) return
    const factor = 0.5 ** ((now - this.#at) / recentMilliseconds)
    this.#at = now
    this.total = 0
    for (const tenant of tenants) {
      tenant.worked *= factor
      this.total += tenant.worked
    }
  }

  add<Message>(tenant: Tenant<Message>, milliseconds: number): void {
    tenant.worked += milliseconds
    this.total += milliseconds
  }
}

/**
 * Whether a tenant is a noisy neighbour: it has more than a tenth of all messages in flight and at least 30, or more than
 * a tenth of the recent processing time. It is not if nothing of it waits, or if it sent nothing for five minutes.
 */
export function isNoisy<Message>(
  { group, waiting, head, inFlight, worked, lastSentAt }: Tenant<Message>,
  { allInFlight, allWorked, now }: { allInFlight: number; allWorked: number; now: number },
): boolean {
  // Each message without a group is a tenant of its own.
  if (group === undefined || head >= waiting.length) return false
  if (now - lastSentAt >= figures.quietAfterSeconds.value * 1000) return false
  const share = figures.noisyShare.value
  const hasMany = inFlight >= figures.noisyInFlight.value && inFlight > share * allInFlight
  return hasMany || worked > share * allWorked
}
