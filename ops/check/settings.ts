import { fail, type Finding, ok, warn } from './finding.ts'
import type { Check } from './sources.ts'

/** The settings of the deployed functions. */
export const checkSettings: Check = async ({ wrongSettings, unserved }) => {
  const wrong = wrongSettings()
  const found: Finding[] = [
    wrong.length === 0
      ? ok('settings', 'are valid')
      : fail('settings', wrong.join('; '), 'correct the parameter (docs/deploying.md) and deploy'),
  ]
  if (wrong.length === 0 && unserved() === 'accept') {
    found.push(
      warn(
        'unservedAccounts',
        'orders whose results cannot arrive are accepted with a warning',
        'set unservedAccounts to refuse, unless that is wanted',
      ),
    )
  }
  return found
}
