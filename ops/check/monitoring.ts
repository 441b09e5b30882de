import { attempt, fail, type Finding, ok, warn } from './finding.ts'
import type { Check } from './sources.ts'

/** Alarms that ring, and how long logs are kept. */
export const checkMonitoring: Check = async ({ aws }) => {
  if (aws === undefined) return []
  const found: Finding[] = await attempt('alarms', async () => {
    const alarms = await aws.listAlarms()
    if (alarms.length === 0) return fail('alarms', 'the stage has none', 'deploy again')
    const ringing = alarms.filter(({ state }) => state === 'ALARM')
    return ringing.length === 0
      ? ok('alarms', 'none is in alarm')
      : ringing.map(({ name, reason }) => fail(`alarm ${name}`, reason, 'see its section in docs/operations.md'))
  })
  for (const name of aws.functionNames) {
    const label = `log of ${name}`
    found.push(
      ...(await attempt(label, async () => {
        const days = await aws.logRetention(name)
        if (days === 'no-group') return fail(label, 'its log group does not exist', 'deploy again')
        return days === undefined
          ? warn(label, 'is kept for ever', 'aws logs put-retention-policy, or set logRetentionDays and deploy')
          : ok(label, `is kept for ${days} days`)
      })),
    )
  }
  return found
}
