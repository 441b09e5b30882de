import { attempt, fail, type Finding, ok, warn } from './finding.ts'
import type { AwsSources, Check, FunctionState } from './sources.ts'

/** CloudFormation updates all functions of a stack within minutes. */
const oneDeploymentMilliseconds = 15 * 60_000
const lookBackMinutes = 60
/** A change of the table waits a second for a batch. Five minutes are far more than a busy hour needs. */
const lateStreamMilliseconds = 5 * 60_000
const scheduled = ['sweep-due', 'keep-listener'] as const
const triggered = ['retry-submission', 'record-callbacks', 'project-changes'] as const

/** Lambda: functions of one deployment, their triggers and schedules, and their errors and throttles. */
export const checkFunctions: Check = async ({ aws }) => {
  if (aws === undefined) return []
  const states: FunctionState[] = []
  const found: Finding[] = []
  for (const name of aws.functionNames) {
    found.push(
      ...(await attempt(`function ${name}`, async () => {
        const state = await aws.readFunction(name)
        states.push(state)
        return functionFindings(aws, state)
      })),
    )
  }
  found.push(versionsFinding(states))
  for (const name of triggered) found.push(...(await attempt(`trigger ${name}`, async () => triggerFinding(aws, name))))
  for (const name of scheduled) {
    found.push(...(await attempt(`schedule ${name}`, async () => scheduleFinding(aws, name))))
  }
  found.push(...(await attempt('stream lag', async () => lagFinding(aws))))
  return found
}

async function functionFindings(aws: AwsSources, { name, state, lastUpdate }: FunctionState): Promise<Finding[]> {
  const label = `function ${name}`
  if (state !== 'Active' && state !== 'Inactive') return [fail(label, `is ${state}`, 'deploy again')]
  if (lastUpdate !== 'Successful') return [fail(label, `its last update is ${lastUpdate}`, 'deploy again')]
  const reserved = await aws.reservedConcurrency(name)
  if (reserved === 0) {
    return [fail(label, 'has a reserved concurrency of 0, so it never runs', 'remove the reservation in Lambda')]
  }
  const errors = await aws.functionMetric(name, 'Errors', lookBackMinutes)
  const throttles = await aws.functionMetric(name, 'Throttles', lookBackMinutes)
  const found = [
    ...(errors > 0
      ? [warn(label, `${errors} invocations failed within an hour`, `read /aws/lambda/... of ${name}`)]
      : []),
    ...(throttles > 0
      ? [warn(label, `was throttled ${throttles} times within an hour`, 'raise the concurrency of the account')]
      : []),
  ]
  return found.length > 0 ? found : [ok(label, 'is active, without errors or throttles within an hour')]
}

function versionsFinding(states: readonly FunctionState[]): Finding {
  const times = states.map(({ modifiedAt }) => Date.parse(modifiedAt)).filter((time) => !Number.isNaN(time))
  const runtimes = new Set(states.map(({ runtime }) => runtime))
  const apart = Math.max(...times, 0) - Math.min(...times)
  return times.length > 1 && (apart > oneDeploymentMilliseconds || runtimes.size > 1)
    ? warn(
        'deployment',
        `the functions were updated ${Math.round(apart / 60_000)} minutes apart`,
        'deploy again, unless only settings of one function were changed',
      )
    : ok('deployment', 'all functions are of one deployment')
}

async function triggerFinding(aws: AwsSources, name: string): Promise<Finding> {
  const triggers = await aws.listTriggers(name)
  if (triggers.length === 0) return fail(`trigger ${name}`, 'does not exist', 'deploy again')
  const off = triggers.find(({ state }) => state !== 'Enabled')
  return off === undefined
    ? ok(`trigger ${name}`, 'is enabled')
    : fail(
        `trigger ${name}`,
        `is ${off.state} (${off.lastResult})`,
        `aws lambda update-event-source-mapping --enabled --uuid ${off.id}`,
      )
}

async function scheduleFinding(aws: AwsSources, name: string): Promise<Finding> {
  const rules = await aws.schedulesOf(name)
  if (rules.length === 0) return fail(`schedule ${name}`, 'does not exist', 'deploy again')
  const off = rules.find(({ isEnabled }) => !isEnabled)
  return off === undefined
    ? ok(`schedule ${name}`, rules.map(({ rate }) => rate).join(', '))
    : fail(`schedule ${name}`, 'is disabled', `aws events enable-rule --name ${off.rule}`)
}

async function lagFinding(aws: AwsSources): Promise<Finding> {
  const lag = await aws.functionMetric('project-changes', 'IteratorAge', 10)
  return lag > lateStreamMilliseconds
    ? fail('stream lag', `changes wait for ${Math.round(lag / 1000)} s`, 'look at the errors of project-changes')
    : ok('stream lag', `${Math.round(lag / 1000)} s`)
}
