import type * as z from 'zod/mini'
import type { protocolSlice } from './environment-slices.ts'

type Related = z.infer<ReturnType<typeof protocolSlice>> & { RETAIN_DAYS: number }
type Name = Exclude<keyof Related, 'REPEAT_UNCONFIRMED_FOR' | 'RESTORED_AT'>

/** The default deadline for results, which every action has (lib/profile/order/actions.ts). */
export const ownDeadlineSeconds = 24 * 3600

/**
 * Compares settings that depend on each other. Returns the name of each setting that is too small for the others, with
 * the rule and the smallest value that keeps it. Packaging and functions use the same rules.
 */
export function brokenRelations(settings: Related): { name: Name; message: string }[] {
  const { RESULTS_WITHIN_SECONDS: own, RETRY_MAXIMUM_AGE_SECONDS: age } = settings
  const days = (seconds: number) => Math.ceil(seconds / (24 * 3600))
  const least: [Name, number, string][] = [
    [
      'LEASE_SECONDS',
      settings.ATTEMPT_TIMEOUT_SECONDS + 1,
      `be longer than the time-out of the functions that send submissions, ${settings.ATTEMPT_TIMEOUT_SECONDS} s, or two of them may send the same one`,
    ],
    ['RETRY_CAP_SECONDS', settings.RETRY_FIRST_DELAY_SECONDS, 'not be shorter than the first delay'],
    ['RETRY_MAXIMUM_AGE_SECONDS', settings.RETRY_CAP_SECONDS, 'not be shorter than the longest delay'],
    ['GRACE_SECONDS', settings.GRACE_REPEATABLE_SECONDS, 'not be shorter than the grace period of repeatable actions'],
    [
      'RETAIN_DAYS',
      Math.max(2 * days(age), days(age + (own === 0 ? ownDeadlineSeconds : own))),
      'cover twice the retries, and the retries with the deadline for results, or requests expire before they are final',
    ],
  ]
  return least
    .filter(([name, value]) => settings[name] < value)
    .map(([name, value, rule]) => ({ name, message: `must ${rule}: set at least ${value}` }))
}
