import type { ThingSpaceSimulator } from '../../../local/simulator/thingspace-simulator.ts'
import type { Violation } from '../evidence.ts'
import type { Struck } from '../fault-plan.ts'

type Facts = { credentialSets: number; sessionsEnded: number; struck: readonly Struck[] }

/**
 * One login for each credential set and each end of its session, and one more for each fault that may have prevented
 * storing a session. No login fails, and no user is locked.
 */
export function checkLogins(simulator: ThingSpaceSimulator, facts: Facts): Violation[] {
  const { credentialSets, sessionsEnded, struck } = facts
  const violations: Violation[] = []
  const fail = (what: string) => violations.push({ invariant: 'logins', what })
  const logins = simulator.logins()
  const refused = logins.filter(({ succeeded }) => !succeeded).length
  if (refused > 0) fail(`${refused} logins were refused`)
  if (simulator.lockedUsers().length > 0) fail('a user is locked')
  const unwritten = struck.filter(({ effect }) => effect === 'thingspace login' || effect.endsWith(' credentials'))
  const most = credentialSets * (1 + sessionsEnded) + unwritten.length
  if (logins.length > most) fail(`${logins.length} logins instead of at most ${most}`)
  return violations
}
