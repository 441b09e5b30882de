import { checkCallbackEndpoint } from './callback-endpoint.ts'
import { checkClock } from './clock.ts'
import { checkCredentials } from './credentials.ts'
import { attempt, type Finding, unknown } from './finding.ts'
import { checkFunctions } from './functions.ts'
import { checkIssuer } from './issuer.ts'
import { checkListeners } from './listeners.ts'
import { checkMonitoring } from './monitoring.ts'
import { checkQueues } from './queues.ts'
import { checkSettings } from './settings.ts'
import type { Check, CheckSources } from './sources.ts'
import { checkTable } from './table.ts'
import { checkWork } from './work.ts'

/** All checks by subject, in the order in which they run: the call of `credentials` comes before that of `listeners`. */
const checks: Readonly<Record<string, Check>> = {
  settings: checkSettings,
  table: checkTable,
  credentials: checkCredentials,
  listeners: checkListeners,
  'callback endpoint': checkCallbackEndpoint,
  issuer: checkIssuer,
  queues: checkQueues,
  work: checkWork,
  clock: checkClock,
  functions: checkFunctions,
  monitoring: checkMonitoring,
}

/** Runs the checks one after the other. A check that cannot be made is a finding too. */
export async function runChecks(
  sources: CheckSources,
  { command, progress }: { command: (words: string) => string; progress: (subject: string) => void },
): Promise<Finding[]> {
  const found: Finding[] = []
  for (const [subject, check] of Object.entries(checks)) {
    progress(subject)
    found.push(...(await attempt(subject, async () => check(sources, command))))
  }
  if (sources.aws === undefined) {
    found.push(unknown('functions and alarms', 'the local stack has no Lambda, CloudWatch or EventBridge to ask'))
  }
  return found
}
